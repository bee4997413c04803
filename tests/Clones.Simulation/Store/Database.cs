using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Ledger;

namespace Clones.Simulation.Store;

/// <summary>
/// PostgreSQL as settlement meets it: read committed, row locks that wait and are released when a connection dies, unique indexes, and an
/// outbox that becomes visible with the commit.
/// </summary>
internal sealed class Database(Timeline timeline, RandomSource dice)
{
    private readonly Dictionary<(Type Table, Guid Id), LockedRow> locks = [];
    private readonly HashSet<DatabaseSession> open = [];

    public DatabaseFaults Faults { get; } = new();

    public Dictionary<Guid, ChainTransaction> Transactions { get; private set; } = [];

    public Dictionary<(Guid Id, int Number), TransactionAttempt> Attempts { get; private set; } = [];

    public Dictionary<Guid, Payment> Payments { get; private set; } = [];

    public Dictionary<Guid, DepositWallet> Wallets { get; private set; } = [];

    public List<WalletReservation> Reservations { get; private set; } = [];

    /// <summary>Messages that a consumer has handled, for ever.</summary>
    public HashSet<(Type Consumer, Guid Message)> Inbox { get; private set; } = [];

    /// <summary>What the wallets' histories on chain have shown.</summary>
    public LedgerTables Ledger { get; private set; } = new();

    /// <summary>Agents, their lifecycles, mints and histories.</summary>
    public DeploymentTables Deployments { get; private set; } = new();

    /// <summary>How often it was restored from a backup; each time it is another database.</summary>
    public int Restores { get; private set; }

    public Action<object> Committed { get; set; } = _ => { };

    public TransitionLog Transitions { get; } = new();

    public DateTimeOffset Clock => SimulatedClock.True(timeline.Now);

    public int Latency => dice.Between(1, 12);

    public Guid NewId() => dice.Guid();

    /// <summary>A question over the network, and its answer.</summary>
    public Task<T> AskAsync<T>(SimulatedProcess process, Func<T> answer) =>
        process.CallAsync(
            Latency,
            () =>
            {
                MustBeUp();
                return answer();
            },
            Latency
        );

    public void Opened(DatabaseSession work) => open.Add(work);

    public void GoDown()
    {
        Faults.Down = true;
        foreach (var work in open.ToList())
        {
            work.Abort();
        }
    }

    /// <summary>A backup of everything, as it is committed now.</summary>
    /// <returns>Puts it back. What was committed meanwhile is gone, and so is every connection.</returns>
    public Action BackUp()
    {
        var (transactions, attempts, payments) = (Copy(Transactions), Copy(Attempts), Copy(Payments));
        var (wallets, reservations) = (Copy(Wallets), Reservations.ConvertAll(Row<WalletReservation>.Copy));
        var (inbox, ledger, deployments) = (Inbox.ToHashSet(), Ledger.Copy(), Deployments.Copy());
        return () =>
        {
            foreach (var work in open.ToList())
            {
                work.Abort();
            }
            (Transactions, Attempts, Payments) = (transactions, attempts, payments);
            (Wallets, Reservations, Inbox, Ledger, Deployments) = (wallets, reservations, inbox, ledger, deployments);
            Restores++;
        };
    }

    private static Dictionary<TKey, TRow> Copy<TKey, TRow>(Dictionary<TKey, TRow> rows)
        where TKey : notnull
        where TRow : class => rows.ToDictionary(r => r.Key, r => Row<TRow>.Copy(r.Value));

    public FenceReading ReadFence() =>
        new(
            Ledger.Raising,
            Ledger.IsOpen,
            Ledger.Identity == Restores,
            Ledger.BlockHeight,
            Ledger.Held,
            Ledger.Reason,
            Ledger.RaisedAt,
            Ledger.OpenedAt,
            ++Ledger.Heartbeat
        );

    public IReadOnlyList<Guid> TagsOf(OnChainTransaction onChain) => Faults.WithoutTags ? [] : onChain.PaymentTags ?? [];

    public void MustBeUp()
    {
        if (Faults.Down)
        {
            throw new DatabaseFailure("The database is down.");
        }
    }

    /// <summary>By somebody else than <paramref name="asker"/>.</summary>
    public bool IsLocked<T>(Guid id, DatabaseSession? asker = null) =>
        locks.TryGetValue((typeof(T), id), out var held) && held.Holder != asker;

    /// <summary>Calls back when the lock is taken, now or when those before have let go.</summary>
    public void Lock((Type Table, Guid Id) row, DatabaseSession work, Action taken)
    {
        if (!locks.TryGetValue(row, out var held))
        {
            locks[row] = new LockedRow(work);
            taken();
        }
        else if (held.Holder == work)
        {
            taken();
        }
        else if (IsWaitedForBy(held.Holder, work))
        {
            throw new DatabaseFailure("A deadlock was detected.");
        }
        else
        {
            work.WaitsFor = row;
            held.Waiting.Enqueue((work, taken));
        }
    }

    private bool IsWaitedForBy(DatabaseSession holder, DatabaseSession asker)
    {
        for (var at = holder; at.WaitsFor is { } row && locks.TryGetValue(row, out var held); at = held.Holder)
        {
            if (held.Holder == asker)
            {
                return true;
            }
        }
        return false;
    }

    public void Release(DatabaseSession work)
    {
        open.Remove(work);
        foreach (var (row, held) in locks.Where(l => l.Value.Holder == work).ToList())
        {
            locks.Remove(row);
            while (held.Waiting.TryDequeue(out var next))
            {
                if (next.Work.IsOver)
                {
                    continue;
                }
                locks[row] = new LockedRow(next.Work, held.Waiting);
                next.Work.WaitsFor = null;
                next.Taken();
                break;
            }
        }
    }

    public bool CommitIsRejected() => dice.Chance(Faults.CommitFails);

    public bool AcknowledgementIsLost() => dice.Chance(Faults.AcknowledgementLost);

    private sealed record LockedRow(DatabaseSession Holder, Queue<(DatabaseSession Work, Action Taken)> Waiting)
    {
        public LockedRow(DatabaseSession holder)
            : this(holder, new()) { }
    }
}
