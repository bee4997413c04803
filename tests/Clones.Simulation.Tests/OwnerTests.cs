using Clones.Domain.Agents;
using Clones.Domain.Transactions;

namespace Clones.Simulation.Tests;

/// <summary>One agent in a calm world, whose owner does exactly one thing that an owner should not.</summary>
public sealed class OwnerTests
{
    private const int Minute = 60_000;

    [Theory]
    [InlineData(DeploymentPayer.DepositWallet)]
    [InlineData(DeploymentPayer.Owner)]
    public void An_owner_who_double_clicks_makes_one_attempt_of_each(DeploymentPayer payer)
    {
        using var world = WorldOf(new OwnerBehaviour(DoubleClicks: 1), payer);
        DeployWithin(world, 5 * Minute);
        world.Database.Attempts.Values.ShouldAllBe(a => a.Number == 1 && a.Status == AttemptStatus.Finalized);
    }

    [Fact]
    public void What_is_signed_after_a_renewal_is_rejected_and_the_fresh_one_lands()
    {
        using var world = WorldOf(new OwnerBehaviour(IsSlow: 0.8, KeepsOld: 1), DeploymentPayer.DepositWallet, seed: 112);
        DeployWithin(world, 30 * Minute);
        world.Faults.Counts.ShouldContainKey("owner rejected: transaction_expired");
        world.Chain.FinalExecutions().Count(e => e.Transaction.Instructions.Count > 0).ShouldBe(2);
    }

    [Fact]
    public void Nothing_that_an_owner_sends_around_us_lands_where_the_deposit_wallet_pays()
    {
        using var world = WorldOf(new OwnerBehaviour(GoesAround: 1, KeepsSilent: 1), DeploymentPayer.DepositWallet);
        DeployWithin(world, 5 * Minute);
        world.Faults.Counts.ShouldContainKey("owner's broadcast not taken");
        world.Faults.Counts.ShouldNotContainKey("owner's broadcast taken");
    }

    [Fact]
    public void What_an_owner_who_pays_sends_around_us_is_noticed_and_the_agent_moves_on()
    {
        using var world = WorldOf(new OwnerBehaviour(GoesAround: 1, KeepsSilent: 1), DeploymentPayer.Owner);
        DeployWithin(world, 20 * Minute);
        world.Faults.Counts.ShouldNotContainKey("owner's broadcast not taken");
        world.Database.Reservations.ShouldBeEmpty();
    }

    [Fact]
    public void Row_25_workers_whose_clocks_are_an_hour_ahead_keep_no_deployment_waiting()
    {
        using var world = WorldOf(new OwnerBehaviour(), DeploymentPayer.DepositWallet);
        Skew(world, 60 * Minute);
        DeployWithin(world, 5 * Minute);
    }

    [Fact]
    public void Row_25_an_owner_is_given_what_is_open_and_not_what_a_clock_that_was_ahead_has_made_and_was_given_up()
    {
        using var world = WorldOf(new OwnerBehaviour(), DeploymentPayer.DepositWallet);
        Skew(world, 60 * Minute);
        // Nobody can hand anything in, so that it is prepared and given up.
        world.Timeline.RunUntil(() => world.Database.Attempts.Count > 0, 5 * Minute).ShouldBeTrue();
        var first = world.Database.Transactions.Values.Single();
        world.Broker.Post(new Contracts.Agents.CancelDeployment { AgentId = world.Owners[0].AgentId, Actor = "somebody" });
        world.Timeline.RunUntil(() => first.Status == TransactionStatus.Cancelled, 6 * Minute).ShouldBeTrue();
        Skew(world, 0);
        DeployWithin(world, world.Timeline.Now + 5 * Minute);
    }

    private static World WorldOf(OwnerBehaviour temper, DeploymentPayer payer, ulong seed = 108)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var world = new World(seed, nodes: 2, workers: 2, deployments: true);
        world.AddAgent(world.AddWallet(), temper, payer);
        return world;
    }

    private static void Skew(World world, long milliseconds) => world.Workers.ForEach(w => w.Process.ClockSkew = milliseconds);

    /// <summary>And holds every promise of a history against what has happened.</summary>
    private static void DeployWithin(World world, long milliseconds)
    {
        var life = world.Database.Deployments.Lifecycles.Single();
        world
            .Timeline.RunUntil(() => life.CurrentState == "Deployed", milliseconds)
            .ShouldBeTrue($"{life.CurrentState} {life.LastError} {string.Join("; ", world.Timeline.Surprises)}");
        History.Finish(world, 0, world.Timeline.Now).Findings.ShouldBeEmpty();
    }
}
