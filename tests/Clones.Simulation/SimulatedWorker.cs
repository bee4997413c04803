using Clones.Contracts.Payments;
using Clones.Contracts.Settlement;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Settlement;
using Clones.Settlement.Adoption;
using Clones.Settlement.Attempts;
using Clones.Settlement.Chain;
using Clones.Settlement.Closing;
using Clones.Settlement.Fence;
using Clones.Settlement.Ledger;
using Clones.Settlement.Payments;
using Clones.Simulation.Store;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Simulation;

/// <summary>One worker process: the real settlement code, wired as the host wires it, on simulated servers.</summary>
internal sealed class SimulatedWorker : IWalletKeys, ICrashPoints
{
    public static readonly SettlementOptions Paces = new()
    {
        CheckEvery = TimeSpan.FromSeconds(3),
        RebroadcastEvery = TimeSpan.FromSeconds(4),
        UnresolvedEvery = TimeSpan.FromSeconds(8),
        PrepareAgainAfter = TimeSpan.FromSeconds(5),
        LeaseFor = TimeSpan.FromSeconds(30),
    };

    private readonly World world;
    private readonly SimulatedStore store;
    private readonly PaymentPreparation preparation;
    private readonly AttemptBroadcast broadcast;
    private readonly SettlementPoller pass;
    private readonly FenceLift fence;
    private readonly DeploymentConsumers deployments;

    public SimulatedWorker(World world, string name)
    {
        this.world = world;
        Process = new SimulatedProcess(world.Timeline, name);
        var host = new SimulatedHost(world, Process, this, this);
        var (clock, rpc) = (host.Clock, host.Rpc);
        var rules = world.SeededBug.Rules;
        var regrouping = new TransactionRegrouping(clock, NullLogger<TransactionRegrouping>.Instance);
        var closer = new TransactionCloser(rules, regrouping, Paces, this, clock);
        var adoption = new TransactionAdoption(rules, closer, regrouping, clock, NullLogger<TransactionAdoption>.Instance);
        store = host.Store;
        broadcast = new AttemptBroadcast(store, rpc, this, clock, NullLogger<AttemptBroadcast>.Instance);
        preparation = new PaymentPreparation(
            store,
            new PaymentTransactionBuilder(rpc, new ClusterFacts(rpc, clock), clock),
            rules,
            adoption,
            closer,
            regrouping,
            broadcast,
            Paces,
            this,
            () => 0.5,
            clock,
            NullLogger<PaymentPreparation>.Instance
        );
        var check = new AttemptCheck(
            store,
            new AttemptStateWriter(store, closer, Paces, this, clock),
            broadcast,
            new ExpiryProofCollector(rpc),
            rules,
            rpc,
            new StatusReader(rpc, clock, NullLogger<StatusReader>.Instance),
            Paces,
            clock,
            NullLogger<AttemptCheck>.Instance
        );
        pass = new SettlementPoller(store, check, Paces, clock);
        var ledger = new SimulatedLedgerStore(world.Database, Process);
        var horizons = new HorizonReader(rpc);
        var scanner = new WalletScanner(ledger, new ClusterFacts(rpc, clock), clock);
        fence = new FenceLift(
            ledger,
            store,
            horizons,
            new LedgerReader(ledger, horizons, new HoldingsReader(rpc), scanner, clock),
            adoption,
            rules,
            host.Heartbeat,
            rpc,
            NullLogger<FenceLift>.Instance
        );
        deployments = new DeploymentConsumers(host);
        _ = WatchAsync();
        _ = KeepFenceAsync();
        if (world.HasDeployments)
        {
            _ = SweepAsync();
        }
    }

    public SimulatedProcess Process { get; }

    public async Task HandleAsync(Guid messageId, object message)
    {
        if (world.HasDeployments && await deployments.HandleAsync(messageId, message))
        {
            return;
        }
        switch (message)
        {
            case PrepareTransactions { TransactionIds: var ids }:
                foreach (var (id, first) in await preparation.PrepareAsync([.. ids.Distinct()], default))
                {
                    var failure =
                        first is PreparedAloneException ? (await preparation.PrepareAsync([id], default)).GetValueOrDefault(id) : first;
                    if (failure is not null)
                    {
                        throw failure;
                    }
                }
                break;
            case BroadcastTransaction { TransactionId: var sent, AttemptNumber: var number }:
                var attempt =
                    await store.FindAttemptAsync(sent, number, default)
                    ?? throw new DatabaseFailure($"Transaction {sent} has no attempt {number}.");
                await broadcast.SendAsync([attempt], default);
                break;
            case PaymentCompleted completed:
                world.Told(completed.PaymentId, messageId);
                break;
        }
    }

    /// <summary>The key vault has tests of its own; here every wallet's key is at hand, unless somebody has damaged it.</summary>
    public async Task<Account> OpenAsync(Guid walletId, Guid transactionId, CancellationToken cancellationToken)
    {
        await Process.DelayAsync(world.RandomSource.Between(1, 5));
        return world.OpenKey(walletId);
    }

    public Task<IReadOnlySet<Guid>> ToBeLeftAsync(IReadOnlyCollection<Guid> walletIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlySet<Guid>>(new HashSet<Guid>());

    public ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken)
    {
        if (!Process.IsAlive || !world.Faults.Crashes(point))
        {
            return ValueTask.CompletedTask;
        }
        world.Crash(this, point);
        return new ValueTask(new TaskCompletionSource().Task);
    }

    // As TransactionWatcher does, which needs a host around it.
    private async Task WatchAsync()
    {
        await Process.DelayAsync(world.RandomSource.Between(0, 3_000));
        while (true)
        {
            try
            {
                await pass.RunAsync(Process.Name, default);
                await Process.DelayAsync((long)Paces.CheckEvery.TotalMilliseconds);
            }
            catch (Exception e)
            {
                if (e is not DatabaseFailure)
                {
                    world.Timeline.Surprises.Add($"a pass threw {e}");
                }
                await Process.DelayAsync((long)Paces.UnresolvedEvery.TotalMilliseconds);
            }
        }
    }

    private async Task SweepAsync()
    {
        while (true)
        {
            await Process.DelayAsync(world.RandomSource.Between(10_000, 20_000));
            try
            {
                await deployments.SweepAsync();
            }
            catch (Exception e) when (e is DatabaseFailure or RpcException)
            {
                // The next pass is soon.
            }
            catch (Exception e)
            {
                world.Timeline.Surprises.Add($"a sweep over deployments threw {e}");
            }
        }
    }

    // As FenceKeeper does, which needs a host around it.
    private async Task KeepFenceAsync()
    {
        await Process.DelayAsync(world.RandomSource.Between(0, 2_000));
        while (true)
        {
            try
            {
                await fence.TryAsync(default);
            }
            catch (Exception e) when (e is not (DatabaseFailure or RpcException or HistoryUnresolvedException))
            {
                world.Timeline.Surprises.Add($"the fence threw {e}");
            }
            catch (Exception)
            {
                // Tried again below.
            }
            await Process.DelayAsync(10_000);
        }
    }
}
