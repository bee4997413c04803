using Clones.Api.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Operations;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Lifecycle;
using Clones.Persistence.Agents;
using Clones.Settlement.Ledger;
using Clones.Settlement.Store;
using Clones.Simulation.Store;

namespace Clones.Simulation.Tests.Conformance;

internal sealed class SimulatedPorts : StorePorts
{
    private const long Limit = 600_000;

    private readonly DatabaseHeartbeat heartbeat = new();
    private Database database = null!;
    private SimulatedProcess process = null!;
    private SimulatedStore store = null!;
    private int published;

    public override ISettlementStore Store => store;

    public override ILedgerStore Ledger => new SimulatedLedgerStore(database, process);

    public override IOwnerTransactionStore Owners => new SimulatedOwnerTransactions(database, process, store);

    public override async Task RunAsync(Func<Task> test)
    {
        // What awaits goes on where its task is completed: on the one thread of the timeline.
        SynchronizationContext.SetSynchronizationContext(null);
        var timeline = new Timeline();
        database = new Database(timeline, new RandomSource(1)) { Committed = _ => published++ };
        process = new SimulatedProcess(timeline, "worker");
        store = new SimulatedStore(database, process, heartbeat, Options);
        var run = test();
        timeline.RunUntil(() => run.IsCompleted, Limit);
        run.IsCompleted.ShouldBeTrue("It waits for ever.");
        await run;
    }

    public override Task<DateTimeOffset> NowAsync() => Task.FromResult(database.Clock);

    public override async Task<IPortScope> BeginAsync()
    {
        var work = await store.BeginAsync();
        return new Scope(work, new SimulatedLifecycle(database, work, heartbeat));
    }

    public override Task PutAsync(params IEnumerable<object> rows)
    {
        var tracked = new TrackedRows(database, null);
        foreach (var row in rows)
        {
            switch (row)
            {
                case ChainTransaction r:
                    tracked.Add(r);
                    break;
                case TransactionAttempt r:
                    tracked.Add(r);
                    break;
                case Payment r:
                    tracked.Add(r);
                    break;
                case DepositWallet r:
                    tracked.Add(r);
                    break;
                case WalletReservation r:
                    tracked.Add(r);
                    break;
                case Agent r:
                    tracked.Add(r);
                    break;
                case AgentLifecycleInstance r:
                    tracked.Add(r);
                    break;
                case AgentTransition r:
                    tracked.Add(r);
                    break;
                case EncryptedMintKey r:
                    tracked.Add(r);
                    break;
                case Operation r:
                    tracked.Add(r);
                    break;
                case OnChainTransaction r:
                    database.Ledger.OnChainRecords.Add(r.Signature, r);
                    break;
                default:
                    throw new NotSupportedException(row.GetType().Name);
            }
        }
        tracked.Apply();
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<T>> AllAsync<T>() => Task.FromResult<IReadOnlyList<T>>([.. Table<T>.Only.Rows(database)]);

    public override Task<int> PublishedAsync() => Task.FromResult(published);

    public override async Task UntilItWaitsAsync(Task call)
    {
        await process.DelayAsync(1_000);
        call.IsCompleted.ShouldBeFalse();
    }

    private sealed class Scope(SimulatedWork work, ILifecycleRows lifecycle) : IPortScope
    {
        public IDeploymentWork Work => work;

        public ILifecycleRows Lifecycle => lifecycle;

        public void Add(WalletKeyEvent noted) => work.Rows.Add(noted);

        public Task CommitAsync() => work.CommitAsync(default);

        public ValueTask DisposeAsync() => work.DisposeAsync();
    }
}
