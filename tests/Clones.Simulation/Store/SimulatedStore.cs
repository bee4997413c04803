using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;
using Clones.Settlement;
using Clones.Settlement.Store;

namespace Clones.Simulation.Store;

/// <summary>The store as one process uses it; each call commits by itself.</summary>
/// <param name="keys">Null where nothing is signed.</param>
/// <param name="onSigned">Planted by a test: what is done with a signed attempt before it is committed.</param>
internal sealed class SimulatedStore(
    Database database,
    SimulatedProcess process,
    DatabaseHeartbeat heartbeat,
    SettlementOptions options,
    IWalletKeys? keys = null,
    Action<TransactionAttempt>? onSigned = null
) : ISettlementStore
{
    public async Task<IDeploymentWork> BeginAsync(CancellationToken cancellationToken) => await BeginAsync();

    /// <param name="handles">The message that is handled once by it; null for none.</param>
    public Task<SimulatedWork> BeginAsync((Type Consumer, Guid Message)? handles = null) =>
        AskAsync(() => new SimulatedWork(database, process, heartbeat, options, keys, onSigned) { Handles = handles });

    public Task<IReadOnlyList<LeasedAttempt>> LeaseAsync(string worker, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<LeasedAttempt>>(() =>
        {
            var due = database
                .Transactions.Values.Where(t =>
                    IsInFlight(t)
                    && t.NextCheckAt <= database.Clock
                    && (t.LeaseUntil is null || t.LeaseUntil < database.Clock || t.LeaseOwner == worker)
                    && !database.IsLocked<ChainTransaction>(t.Id)
                )
                .OrderBy(t => t.NextCheckAt)
                .Take(options.BatchMax)
                .ToList();
            foreach (var transaction in due)
            {
                transaction.LeaseOwner = worker;
                transaction.LeaseUntil = database.Clock + options.LeaseFor;
            }
            return
            [
                .. from transaction in due
                from attempt in database.Attempts.Values
                where attempt.TransactionId == transaction.Id && attempt.WireBytes is not null && attempt.Status.IsSendable()
                select new LeasedAttempt(Row<TransactionAttempt>.Copy(attempt), database.Wallets[transaction.WalletId].Address),
            ];
        });

    public Task<TransactionAttempt?> FindAttemptAsync(Guid transactionId, int number, CancellationToken cancellationToken) =>
        AskAsync(() =>
            database.Attempts.TryGetValue((transactionId, number), out var attempt) ? Row<TransactionAttempt>.Copy(attempt) : null
        );

    public Task MarkSentAsync(IReadOnlyCollection<SentAttempt> sent, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var numbers = sent.ToLookup(s => s.TransactionId, s => s.Number);
        return WriteAsync(
            [.. numbers.Select(n => n.Key)],
            t => true,
            t =>
            {
                foreach (var number in numbers[t.Id])
                {
                    // A restored database may have forgotten it.
                    if (database.Attempts.TryGetValue((t.Id, number), out var attempt))
                    {
                        attempt.SendCount++;
                        attempt.LastSentAt = at;
                        attempt.MoveTo(attempt.Status == AttemptStatus.Signed ? AttemptStatus.Broadcast : attempt.Status);
                    }
                    if (t.Status == TransactionStatus.Signed && t.AttemptNumber == number)
                    {
                        t.MoveTo(TransactionStatus.Broadcast);
                    }
                }
            }
        );
    }

    public Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken) =>
        WriteAsync(
            transactionIds,
            IsInFlight,
            t =>
            {
                t.NextCheckAt = database.Clock + after;
                (t.LeaseOwner, t.LeaseUntil) = (null, null);
            }
        );

    /// <summary>A statement that commits by itself: of what others have locked it waits for the end.</summary>
    private async Task WriteAsync(IReadOnlyCollection<Guid> ids, Func<ChainTransaction, bool> isWanted, Action<ChainTransaction> write)
    {
        var locked = await AskAsync(() =>
        {
            var wanted = Wanted(ids).ToLookup(t => database.IsLocked<ChainTransaction>(t.Id));
            wanted[false].ToList().ForEach(write);
            return wanted[true].Select(t => t.Id).ToList();
        });
        foreach (var id in locked)
        {
            var statement = new DatabaseSession(database, process);
            await statement.LockAsync(
                (typeof(ChainTransaction), id),
                () =>
                {
                    Wanted([id]).ToList().ForEach(write);
                    return true;
                }
            );
            statement.Abort();
        }

        IEnumerable<ChainTransaction> Wanted(IReadOnlyCollection<Guid> some) =>
            some.Where(database.Transactions.ContainsKey).Select(id => database.Transactions[id]).Where(isWanted);
    }

    private static bool IsInFlight(ChainTransaction transaction) =>
        transaction.Status
            is TransactionStatus.Signed
                or TransactionStatus.Broadcast
                or TransactionStatus.Confirmed
                or TransactionStatus.Unresolved;

    private Task<T> AskAsync<T>(Func<T> answer) => database.AskAsync(process, answer);
}
