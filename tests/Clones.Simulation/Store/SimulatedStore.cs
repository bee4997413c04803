using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;
using Clones.Settlement.Store;

namespace Clones.Simulation.Store;

/// <summary>The store as one process uses it; each call commits by itself.</summary>
internal sealed class SimulatedStore(
    Database database,
    SimulatedProcess process,
    DatabaseHeartbeat heartbeat,
    Action<TransactionAttempt>? onAdd
) : ISettlementStore
{
    public Task<ISettlementWork> BeginAsync(CancellationToken cancellationToken) =>
        AskAsync<ISettlementWork>(() => new SimulatedWork(database, process, heartbeat) { OnAdd = onAdd });

    public Task<SimulatedWork> BeginAsync(Type consumer, Guid message) =>
        AskAsync(() => new SimulatedWork(database, process, heartbeat) { OnAdd = onAdd, Handles = (consumer, message) });

    public Task<IReadOnlyList<LeasedAttempt>> LeaseAsync(string worker, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<LeasedAttempt>>(() =>
        {
            var due = database
                .Transactions.Values.Where(t =>
                    t.Status
                        is TransactionStatus.Signed
                            or TransactionStatus.Broadcast
                            or TransactionStatus.Confirmed
                            or TransactionStatus.Unresolved
                    && t.NextCheckAt <= database.Clock
                    && (t.LeaseUntil is null || t.LeaseUntil < database.Clock || t.LeaseOwner == worker)
                    && !database.IsLocked(t.Id)
                )
                .ToList();
            foreach (var transaction in due)
            {
                transaction.LeaseOwner = worker;
                transaction.LeaseUntil = database.Clock + SimulatedWorker.Paces.LeaseFor;
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

    public Task MarkSentAsync(Guid transactionId, int number, DateTimeOffset at, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            // A restored database may have forgotten it.
            if (!database.Attempts.TryGetValue((transactionId, number), out var attempt))
            {
                return false;
            }
            attempt.SendCount++;
            attempt.LastSentAt = at;
            attempt.MoveTo(attempt.Status == AttemptStatus.Signed ? AttemptStatus.Broadcast : attempt.Status);
            var transaction = database.Transactions[transactionId];
            if (transaction.Status == TransactionStatus.Signed && transaction.AttemptNumber == number)
            {
                transaction.MoveTo(TransactionStatus.Broadcast);
            }
            return true;
        });

    public Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            foreach (
                var transaction in transactionIds
                    .Where(database.Transactions.ContainsKey)
                    .Select(id => database.Transactions[id])
                    .Where(t =>
                        t.Status
                            is TransactionStatus.Signed
                                or TransactionStatus.Broadcast
                                or TransactionStatus.Confirmed
                                or TransactionStatus.Unresolved
                    )
            )
            {
                transaction.NextCheckAt = database.Clock + after;
                transaction.LeaseOwner = null;
                transaction.LeaseUntil = null;
            }
            return true;
        });

    private Task<T> AskAsync<T>(Func<T> answer) => database.AskAsync(process, answer);
}
