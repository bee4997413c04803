using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Testing;
using Clones.Testing.Hosts;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>What lands after it was given up: the agent moves on instead of back, by the attempt that it was.</summary>
public sealed class UnrecordedDeploymentTests(DeploymentFaultHost host) : IClassFixture<DeploymentFaultHost>
{
    private const TransactionKind Token = TransactionKind.TokenCreation;
    private const TransactionKind Pool = TransactionKind.PoolCreation;

    [Theory]
    [InlineData(AgentStatus.Draft)]
    [InlineData(AgentStatus.Failed)]
    public async Task A_token_that_lands_after_the_agent_was_put_back_moves_it_on(string back)
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var prepared = await deployment.AskAsync(Token);
        await deployment.GiveUpInTheBooksAsync(prepared, back);

        await deployment.SendAroundUsAsync(prepared);
        await deployment.LandedAsync(prepared);
        await host.SweepAsync();

        await deployment.ShouldHaveLandedOnceAsync(Token);
        var attempt = (await deployment.AttemptsAsync(Token)).ShouldHaveSingleItem();
        attempt.WireBytes.ShouldNotBeNull("it is kept as the chain holds it");
        var moved = (await deployment.HistoryAsync()).Single(t => t.Event == AgentEvent.TokenCreationSuccess);
        (moved.FromStatus, moved.ToStatus, moved.Accepted).ShouldBe((back, AgentStatus.TokenCreated, true));
        (moved.Actor, moved.Signature, moved.TransactionId).ShouldBe(("system:deployments", attempt.Signature, prepared.TransactionId));
    }

    [Fact]
    public async Task A_liquidity_pool_that_lands_after_the_agent_has_failed_moves_it_on()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        await deployment.SignAsync(await deployment.AskAsync(Token));
        await deployment.UntilAsync(AgentStatus.TokenCreated);
        var prepared = await deployment.AskAsync(Pool);
        await deployment.GiveUpInTheBooksAsync(prepared, AgentStatus.Failed);

        await deployment.SendAroundUsAsync(prepared);
        await deployment.LandedAsync(prepared);
        await Task.WhenAll(host.SweepAsync(), host.SweepAsync(), host.SweepAsync());

        await deployment.ShouldHaveLandedOnceAsync(Pool);
        var moved = (await deployment.HistoryAsync()).Where(t => t.Event == AgentEvent.PoolCreationSuccess).ShouldHaveSingleItem();
        (moved.FromStatus, moved.ToStatus).ShouldBe((AgentStatus.Failed, AgentStatus.Deployed));
    }

    [Fact]
    public async Task RETRY_finds_the_token_that_landed_late_and_asks_for_the_liquidity_pool()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var prepared = await deployment.AskAsync(Token);
        await deployment.GiveUpInTheBooksAsync(prepared, AgentStatus.Failed);
        await deployment.SendAroundUsAsync(prepared);
        await deployment.LandedAsync(prepared);

        await deployment.RetryAsync();

        var life = await deployment.UntilAsync(AgentStatus.PendingPoolSignature);
        var landed = (await deployment.AttemptsAsync(Token)).ShouldHaveSingleItem();
        (landed.Status, life.TokenSignature).ShouldBe((AttemptStatus.Finalized, landed.Signature));
        await deployment.SignAsync(await deployment.PreparedAsync(Pool, 1));
        await deployment.ShouldHaveLandedOnceAsync(Pool);
    }

    [Fact]
    public async Task The_old_transaction_that_lands_after_a_renewal_is_the_one_that_counts_and_the_new_one_is_closed()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var old = await deployment.AskAsync(Token);
        // Given up in error, and begun anew: another transaction, whose attempt its owner holds beside the old one.
        await deployment.GiveUpInTheBooksAsync(old, AgentStatus.Draft);
        await deployment.CommandAsync(Token);
        var renewed = await PatientWait.UntilAsync(
            async () => (await deployment.AttemptsAsync(Token)).SingleOrDefault(a => a.TransactionId != old.TransactionId),
            "another to sign"
        );

        await deployment.SendAroundUsAsync(old);
        await deployment.LandedAsync(old);
        await deployment.RenewAsync(Token);

        await deployment.ShouldHaveLandedOnceAsync(Token);
        var attempts = await deployment.AttemptsAsync(Token);
        attempts.Single(a => a.TransactionId == old.TransactionId).Status.ShouldBe(AttemptStatus.Finalized);
        var closed = attempts.Single(a => a.TransactionId == renewed.TransactionId);
        closed.Status.ShouldBe(AttemptStatus.Expired);
        closed.Evidence.ShouldNotBeNull().ShouldContain("MADE_BY_ANOTHER");
        (await deployment.TransactionAsync(renewed.TransactionId)).Status.ShouldBe(TransactionStatus.Cancelled);
        (await deployment.TransactionAsync(old.TransactionId)).Status.ShouldBe(TransactionStatus.Finalized);
    }

    [Fact]
    public async Task What_is_seen_and_not_final_is_left_alone_until_it_is()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        var prepared = await deployment.AskAsync(Token);
        await deployment.GiveUpInTheBooksAsync(prepared, AgentStatus.Draft);
        await host.FaultsAsync(new { front = "all", stallFinality = true });
        await deployment.SendAroundUsAsync(prepared);
        await deployment.SeenAsync(prepared);

        await deployment.CommandAsync(Token);
        await host.SweepAsync();
        await host.QuietAsync(deployment);

        (await deployment.AttemptsAsync(Token))
            .ShouldHaveSingleItem("nothing is prepared beside it")
            .Status.ShouldBe(AttemptStatus.Expired);
        await host.HealAsync();
        await deployment.LandedAsync(prepared);
        await deployment.RenewAsync(Token);
        await deployment.ShouldHaveLandedOnceAsync(Token);
    }
}
