using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Transactions;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;

namespace Clones.Simulation.Store;

/// <summary>A database transaction of settlement.</summary>
internal sealed class SimulatedWork(Database database, SimulatedProcess process, DatabaseHeartbeat heartbeat)
    : DatabaseSession(database, process),
        ISettlementWork
{
    private readonly Database database = database;
    private readonly List<Action> writes = [];
    private readonly Dictionary<object, object> tracked = [];
    private readonly List<TransactionAttempt> added = [];

    /// <summary>Planted by a test: what is done with an attempt before it is committed.</summary>
    public Action<TransactionAttempt>? OnAdd { get; init; }

    public Task<ChainTransaction?> LockAsync(Guid transactionId, CancellationToken cancellationToken) =>
        LockAsync(transactionId, () => database.Transactions.TryGetValue(transactionId, out var row) ? Track(row) : null);

    public Task<DepositWallet> LockWalletAsync(Guid walletId, CancellationToken cancellationToken) =>
        LockAsync(walletId, () => Track(database.Wallets[walletId]));

    public Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(Guid transactionId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<TransactionAttempt>>(() =>
            [.. database.Attempts.Values.Where(a => a.TransactionId == transactionId).OrderBy(a => a.Number).Select(Track)]
        );

    public Task<IReadOnlyList<Payment>> PaymentsAsync(Guid transactionId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Payment>>(() => [.. database.Payments.Values.Where(p => p.TransactionId == transactionId).Select(Track)]);

    public Task<string> WalletAddressAsync(Guid walletId, CancellationToken cancellationToken) =>
        AskAsync(() => database.Wallets[walletId].Address);

    public Task<IReadOnlyList<WalletReservation>> OpenReservationsAsync(Guid transactionId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<WalletReservation>>(() =>
            [.. database.Reservations.Where(r => r.TransactionId == transactionId && r.ReleasedAt is null).Select(Track)]
        );

    public Task<IReadOnlyList<Guid>> DueForPreparationAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() =>
        {
            var due = database
                .Transactions.Values.Where(t =>
                    t.Kind == TransactionKind.Payment
                    && t.Status is TransactionStatus.Accepted or TransactionStatus.Expired
                    && t.NextCheckAt <= database.Clock
                    && !database.IsLocked(t.Id)
                )
                .ToList();
            var inQueue = database.Transactions.Values.Count(t => t.LeaseOwner == WakeUp.Owner && t.LeaseUntil > database.Clock);
            due = [.. due.OrderBy(t => t.NextCheckAt).Take(Math.Max(0, SimulatedWorker.Paces.WakeUpsMax - inQueue))];
            foreach (var transaction in due)
            {
                database.Lock(transaction.Id, this, () => { });
                PutOff(transaction, isLeased: true);
            }
            return [.. due.Select(t => t.Id)];
        });

    public Task<IReadOnlyList<ChainTransaction>> DueForClosingAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<ChainTransaction>>(() =>
        {
            var open = database.Reservations.Where(r => r.ReleasedAt is null).Select(r => r.TransactionId).ToHashSet();
            var due = database
                .Transactions.Values.Where(t =>
                    t.Status is TransactionStatus.Finalized or TransactionStatus.Failed
                    && t.NextCheckAt <= database.Clock
                    && open.Contains(t.Id)
                    && !database.IsLocked(t.Id)
                )
                .ToList();
            foreach (var transaction in due)
            {
                database.Lock(transaction.Id, this, () => { });
                PutOff(transaction, isLeased: false);
            }
            return [.. due.Select(Row<ChainTransaction>.Copy)];
        });

    public Task<SigningPermit> AskFenceAsync(Guid walletId, CancellationToken cancellationToken)
    {
        var seen = heartbeat.Seen;
        return AskAsync(() =>
        {
            var fence = database.ReadFence();
            var permit = database.Faults.WithoutFence
                ? SigningPermit.Open
                : SigningPermit.Decide(fence, seen, database.Ledger.Comparisons.GetValueOrDefault(walletId)?.Raising);
            heartbeat.Note(fence.Heartbeat);
            return permit;
        });
    }

    public Task<IReadOnlyList<OnChainTransaction>> LandingsAsync(Guid transactionId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<OnChainTransaction>>(() =>
            [.. database.Ledger.Landings.Values.Where(l => l.TransactionId == transactionId)]
        );

    public Task<IReadOnlyList<Guid>> AdoptableAsync(Guid walletId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() =>
            [
                .. from landing in database.Ledger.Landings.Values
                where landing.TransactionId is { } id && database.Transactions.ContainsKey(id)
                let transaction = database.Transactions[landing.TransactionId!.Value]
                where landing.WalletId == walletId && transaction.WalletId == walletId
                where transaction.Status is not (TransactionStatus.Finalized or TransactionStatus.Failed or TransactionStatus.Cancelled)
                where
                    !database.Attempts.Values.Any(a =>
                        a.TransactionId == transaction.Id && a.Signature == landing.Signature && a.Status.IsLive()
                    )
                select transaction.Id,
            ]
        );

    public void Add(TransactionAttempt attempt)
    {
        added.Add(attempt);
        OnAdd?.Invoke(attempt);
    }

    public Task CheckAgainAsync(Guid transactionId, TimeSpan after, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            CheckAgain(transactionId, after);
            return true;
        });

    public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        Outbox.Add(message);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    protected override void Apply()
    {
        added.ForEach(database.Check);
        foreach (var attempt in added)
        {
            database.Attempts.Add((attempt.TransactionId, attempt.Number), Row<TransactionAttempt>.Copy(attempt));
        }
        writes.ForEach(write => write());
    }

    private T Track<T>(T row)
        where T : class
    {
        if (tracked.TryGetValue(row, out var known))
        {
            return (T)known;
        }
        var before = Row<T>.Copy(row);
        var copy = Row<T>.Copy(row);
        tracked[row] = copy;
        writes.Add(() =>
        {
            database.Transitions.Note(row, before, copy);
            Row<T>.Write(before, copy, row);
        });
        return copy;
    }

    private void PutOff(ChainTransaction row, bool isLeased) =>
        writes.Add(() =>
        {
            var lease = SimulatedWorker.Paces.WakeUpLease * Math.Pow(2, Math.Min(row.WakeUps, WakeUp.DoublingsMax));
            row.NextCheckAt = database.Clock + (lease < WakeUp.Max ? lease : WakeUp.Max);
            row.WakeUps++;
            if (isLeased)
            {
                (row.LeaseOwner, row.LeaseUntil) = (WakeUp.Owner, row.NextCheckAt);
            }
        });

    private void CheckAgain(Guid transactionId, TimeSpan after)
    {
        var row = database.Transactions[transactionId];
        writes.Add(() =>
        {
            row.NextCheckAt = database.Clock + after;
            row.LeaseOwner = null;
            row.LeaseUntil = null;
        });
    }
}
