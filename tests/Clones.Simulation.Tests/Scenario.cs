using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;

namespace Clones.Simulation.Tests;

/// <summary>One payment in a calm world, into which a test brings exactly one kind of failure.</summary>
internal sealed class Scenario
{
    public const int Minute = 60_000;

    public Scenario(int nodes = 2, ulong seed = 108)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        World = new World(seed, nodes, workers: 2);
        Wallet = World.AddWallet();
        Transaction = World.Accept(Wallet, (new PublicKey(World.RandomSource.Bytes(PublicKey.Length)), 1_000_000));
    }

    public World World { get; }

    public Clones.Domain.Wallets.DepositWallet Wallet { get; }

    public ChainTransaction Transaction { get; }

    public IReadOnlyList<TransactionAttempt> Attempts =>
        [.. World.Database.Attempts.Values.Where(a => a.TransactionId == Transaction.Id).OrderBy(a => a.Number)];

    public Payment Payment => World.Database.Payments.Values.Single(p => p.TransactionId == Transaction.Id);

    /// <returns>Of another payment from the same wallet.</returns>
    public Guid AcceptAnother() => World.Accept(Wallet, (new PublicKey(World.RandomSource.Bytes(PublicKey.Length)), 1_000_000)).Id;

    public void EveryNode(Action<NodeFaults> change)
    {
        foreach (var node in World.Nodes)
        {
            change(node.Faults);
        }
    }

    public void At(long milliseconds, Action act) => World.Timeline.After(milliseconds - World.Timeline.Now, act);

    public void RunTo(long milliseconds) => World.Timeline.RunUntil(() => false, milliseconds);

    /// <summary>Takes the block with the transaction back, and leaves the one with its blockhash.</summary>
    public void RollBackTheExecution()
    {
        var block = World.Chain.Known.Values.SelectMany(t => t.Executions).ShouldHaveSingleItem().Block;
        World.Chain.RollBack(World.Chain.Main.Tip.Height - block.Height + 1).ShouldNotBeNull();
    }

    /// <summary>Heals at the given time, and holds every promise of a history against what has happened.</summary>
    public void Finish(long healAt = 0) => History.Finish(World, 0, healAt).Findings.ShouldBeEmpty();

    public void ShouldBePaidByAttempt(int number)
    {
        Payment.Status.ShouldBe(PaymentStatus.Completed, Payment.Reason);
        Attempts.Count.ShouldBe(number);
        Attempts[^1].Status.ShouldBe(AttemptStatus.Finalized);
        Attempts.Take(number - 1).ShouldAllBe(a => a.Status == AttemptStatus.Expired && a.Evidence!.Contains("\"EXPIRED\""));
    }
}
