using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;

namespace Clones.Simulation.Tests;

/// <summary>The rows of the fault matrix (docs/settlement.md) about several payments in one transaction, on the simulated cluster.</summary>
public sealed class PayoutBatchTests : IDisposable
{
    private const int Minute = Scenario.Minute;
    private readonly World world;
    private readonly DepositWallet wallet;
    private readonly PublicKey[] people;

    public PayoutBatchTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        world = new World(seed: 108, nodes: 2, workers: 2);
        wallet = world.AddWallet();
        people = [.. Enumerable.Range(0, 5).Select(_ => new PublicKey(world.RandomSource.Bytes(PublicKey.Length)))];
    }

    public void Dispose() => world.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Row_28_a_payment_of_a_batch_that_cannot_be_made_fails_with_the_reason_and_the_others_are_paid_once(bool isSeenBefore)
    {
        world.Chain.Close(people[3], isSeenBefore);
        var batch = Accept();
        Finish();

        PaymentTo(3)
            .ShouldSatisfyAllConditions(
                p => p.Status.ShouldBe(PaymentStatus.Failed),
                p => p.Reason.ShouldNotBeNull().ShouldContain("\"Custom\":17"),
                p => p.TransactionId.ShouldBe(p.Tag)
            );
        Others(but: 3).ShouldAllBe(p => p.Status == PaymentStatus.Completed && p.TransactionId != batch.Id);
        world.Database.Transactions[batch.Id].Status.ShouldBe(isSeenBefore ? TransactionStatus.Cancelled : TransactionStatus.Failed);
        // The batch is signed where its failure is on chain only; then its four, and the culprit where no simulation tells.
        world.Database.Attempts.Count.ShouldBe(isSeenBefore ? 1 : 3);
    }

    [Fact]
    public void Row_28_several_culprits_are_found_one_after_the_other()
    {
        world.Chain.Close(people[0], isSeenBefore: false);
        world.Chain.Close(people[4], isSeenBefore: true);
        Accept();
        Finish();

        (PaymentTo(0).Status, PaymentTo(4).Status).ShouldBe((PaymentStatus.Failed, PaymentStatus.Failed));
        Enumerable.Range(1, 3).Select(PaymentTo).ShouldAllBe(p => p.Status == PaymentStatus.Completed);
    }

    [Theory]
    [InlineData(nameof(CrashPoint.PaymentsClosed))]
    [InlineData(nameof(CrashPoint.DecisionWritten))]
    [InlineData(nameof(CrashPoint.DecisionCommitted))]
    [InlineData(nameof(CrashPoint.PreparationBegun))]
    [InlineData(nameof(CrashPoint.Signed))]
    [InlineData(nameof(CrashPoint.AttemptWritten))]
    public void Row_29_killed_around_the_split_of_a_batch_no_payment_is_in_two_live_transactions(string point)
    {
        world.Chain.Close(people[1], isSeenBefore: false);
        var batch = Accept();
        world
            .Timeline.RunUntil(
                () => world.Database.Attempts.Values.Any(a => a.Status == AttemptStatus.Confirmed || a.SendCount > 0),
                Minute
            )
            .ShouldBeTrue();
        world.Faults.PlanCrash(Enum.Parse<CrashPoint>(point));
        world.Timeline.RunUntil(() => world.Crashes.ContainsKey(point), 5 * Minute).ShouldBeTrue();
        Finish();

        world.Database.Transactions[batch.Id].Status.ShouldBe(TransactionStatus.Failed);
        PaymentTo(1).Status.ShouldBe(PaymentStatus.Failed);
        Others(but: 1).ShouldAllBe(p => p.Status == PaymentStatus.Completed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Row_30_a_database_restored_to_before_a_batch_finds_each_of_its_payments_on_chain(int order)
    {
        var backup = world.Database.BackUp();
        var batch = Accept();
        world
            .Timeline.RunUntil(() => world.Database.Payments.Values.All(p => p.Status == PaymentStatus.Completed), 2 * Minute)
            .ShouldBeTrue();
        for (var i = 0; i < order; i++)
        {
            world.RandomSource.Bytes(8);
        }

        // Clients ask again, together and alone, in an order that the dice choose.
        world.Restore(backup);
        Finish(world.Timeline.Now + 5 * Minute);

        world.Database.Payments.Values.Select(p => p.TransactionId).Distinct().ShouldBe([batch.Id]);
        var attempt = world.Database.Attempts.Values.ShouldHaveSingleItem();
        attempt.Status.ShouldBe(AttemptStatus.Finalized);
        attempt.Evidence.ShouldNotBeNull().ShouldContain("RECOVERED");
    }

    [Fact]
    public void Row_30_a_database_that_has_a_payment_alone_finds_it_in_the_batch_that_the_chain_has()
    {
        var backup = world.Database.BackUp();
        var batch = Accept();
        world
            .Timeline.RunUntil(() => world.Database.Payments.Values.All(p => p.Status == PaymentStatus.Completed), 2 * Minute)
            .ShouldBeTrue();
        var keys = world.Database.Payments.Values.Select(p => p.IdempotencyKey).ToList();
        world.Restore(backup);
        // As if the client had asked again before the histories were read: the payment waits at the fence in a transaction of its own.
        world.AcceptAgain(keys[2]);
        Finish(world.Timeline.Now + 5 * Minute);

        world.Database.Payments.Values.Select(p => p.TransactionId).Distinct().ShouldBe([batch.Id]);
        world
            .Database.Transactions.Values.Where(t => t.Id != batch.Id)
            .ShouldAllBe(t => t.Status == TransactionStatus.Cancelled && t.Attempts.Count == 0);
    }

    [Fact]
    public void Row_30_a_payment_that_the_chain_has_rejected_alone_is_not_tried_again_with_others_after_a_restore()
    {
        var backup = world.Database.BackUp();
        world.Chain.Close(people[2], isSeenBefore: false);
        Accept();
        world.Timeline.RunUntil(() => world.IsSettled, 5 * Minute).ShouldBeTrue();
        PaymentTo(2).Status.ShouldBe(PaymentStatus.Failed);
        var keys = world.Database.Payments.Values.Select(p => p.IdempotencyKey).ToArray();
        world.Chain.Open(people[2]);

        // Before the histories are read: the payment that failed and its neighbours in one transaction.
        world.RestoreWith(backup, keys);
        Finish(world.Timeline.Now + 5 * Minute);

        PaymentTo(2).Status.ShouldBe(PaymentStatus.Failed);
        Others(but: 2).ShouldAllBe(p => p.Status == PaymentStatus.Completed);
    }

    private ChainTransaction Accept() => world.Accept(wallet, [.. people.Select(p => (p, 1_000_000UL))]);

    private Payment PaymentTo(int person) => world.Database.Payments.Values.Single(p => p.Recipient == people[person].ToString());

    private IEnumerable<Payment> Others(int but) => Enumerable.Range(0, people.Length).Where(i => i != but).Select(PaymentTo);

    /// <summary>Heals, and holds every promise of a history against what has happened.</summary>
    private void Finish(long healAt = 0) => History.Finish(world, 0, Math.Max(healAt, world.Timeline.Now)).Findings.ShouldBeEmpty();
}
