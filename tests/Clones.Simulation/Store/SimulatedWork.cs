using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Transactions;
using Clones.Settlement;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;

namespace Clones.Simulation.Store;

/// <summary>A database transaction of settlement.</summary>
internal sealed partial class SimulatedWork(
    Database database,
    SimulatedProcess process,
    DatabaseHeartbeat heartbeat,
    SettlementOptions options,
    IWalletKeys? keys,
    Action<TransactionAttempt>? onSigned
) : DatabaseSession(database, process, onSigned), IDeploymentWork
{
    public IWalletKeys Keys => keys ?? throw new InvalidOperationException("No keys are at hand here.");

    public async Task<IReadOnlyList<ChainTransaction>> LockAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    )
    {
        var locked = new List<ChainTransaction>();
        foreach (var id in transactionIds.Distinct().Order())
        {
            if (await LockAsync((typeof(ChainTransaction), id), () => Rows.Transaction(id)?.TrackAnew()) is { } transaction)
            {
                locked.Add(transaction);
            }
        }
        return locked;
    }

    public async Task<IReadOnlyList<DepositWallet>> LockWalletsAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    )
    {
        var locked = new List<DepositWallet>();
        foreach (var id in walletIds.Order())
        {
            locked.Add(
                await LockAsync(
                    (typeof(DepositWallet), id),
                    () =>
                        Database.Wallets.TryGetValue(id, out var wallet)
                            ? Rows.Of(wallet).TrackAnew()
                            : throw new InvalidOperationException($"There is no wallet {id}.")
                )
            );
        }
        return locked;
    }

    public Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) => AskAsync<IReadOnlyList<TransactionAttempt>>(() => Rows.FindAttempts(a => transactionIds.Contains(a.TransactionId)));

    public Task<IReadOnlyList<Payment>> PaymentsAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Payment>>(() =>
            [.. Rows.Find<Payment>(p => p.TransactionId is { } id && transactionIds.Contains(id)).OrderBy(p => p.Id)]
        );

    public Task<IReadOnlyDictionary<Guid, string>> WalletAddressesAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    ) => AskAsync<IReadOnlyDictionary<Guid, string>>(() => walletIds.ToDictionary(id => id, id => Database.Wallets[id].Address));

    public Task<IReadOnlyList<WalletReservation>> OpenReservationsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) =>
        AskAsync<IReadOnlyList<WalletReservation>>(() =>
            Rows.Find<WalletReservation>(r => transactionIds.Contains(r.TransactionId) && r.ReleasedAt is null)
        );

    public Task<IReadOnlyList<Guid>> DueForPreparationAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() =>
        {
            var inQueue = Rows.All<ChainTransaction>().Count(t => t.LeaseOwner == WakeUp.Owner && t.LeaseUntil > Database.Clock);
            var due = TakeDue(
                t => t.Kind == TransactionKind.Payment && t.Status is TransactionStatus.Accepted or TransactionStatus.Expired,
                Math.Min(options.BatchMax, Math.Max(0, options.WakeUpsMax - inQueue)),
                options.WakeUpLease,
                isLeased: true
            );
            return due.ConvertAll(t => t.Id);
        });

    public Task<IReadOnlyList<ChainTransaction>> DueForClosingAsync(CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<ChainTransaction>>(() =>
        {
            var open = Rows.All<WalletReservation>().Where(r => r.ReleasedAt is null).Select(r => r.TransactionId).ToHashSet();
            return TakeDue(
                t =>
                    t.Kind != TransactionKind.Payment
                    && t.Status is TransactionStatus.Finalized or TransactionStatus.Failed
                    && open.Contains(t.Id),
                options.BatchMax,
                options.WakeUpLease
            );
        });

    public Task<IReadOnlyDictionary<Guid, SigningPermit>> AskFenceAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    )
    {
        var seen = heartbeat.Seen;
        return AskAsync<IReadOnlyDictionary<Guid, SigningPermit>>(() =>
        {
            var fence = Database.ReadFence();
            var permits = walletIds.ToDictionary(
                id => id,
                id =>
                    Database.Faults.WithoutFence
                        ? SigningPermit.Open
                        : SigningPermit.Decide(fence, seen, Database.Ledger.Comparisons.GetValueOrDefault(id)?.Raising)
            );
            heartbeat.Record(fence.Heartbeat);
            return permits;
        });
    }

    public Task<IReadOnlyList<OnChainTransaction>> OnChainTransactionsAsync(
        IReadOnlyCollection<Guid> walletIds,
        IReadOnlyCollection<Guid> names,
        CancellationToken cancellationToken
    )
    {
        var wanted = names.ToHashSet();
        return AskAsync<IReadOnlyList<OnChainTransaction>>(() =>
            [
                .. Database
                    .Ledger.OnChainRecords.Values.Where(l =>
                        walletIds.Contains(l.WalletId)
                        && ((l.TransactionId is { } id && wanted.Contains(id)) || Database.TagsOf(l).Any(wanted.Contains))
                    )
                    .OrderBy(l => l.Slot),
            ]
        );
    }

    public Task<IReadOnlyList<Guid>> AdoptableAsync(Guid walletId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<Guid>>(() =>
            [
                .. (
                    from onChain in Database.Ledger.OnChainRecords.Values
                    where onChain.WalletId == walletId && onChain.TransactionId is not null
                    let transaction = Rows.Transaction(onChain.TransactionId!.Value)?.Row
                    where transaction?.WalletId == walletId && !HasEnded(transaction.Status)
                    where
                        !Rows.All<TransactionAttempt>()
                            .Any(a => a.TransactionId == transaction.Id && a.Signature == onChain.Signature && a.Status.IsLive())
                    select transaction.Id
                ).Distinct(),
            ]
        );

    public void Add(ChainTransaction transaction) => Rows.Add(transaction);

    public void Add(TransactionAttempt attempt) => Rows.Add(attempt);

    public void Add(WalletReservation reservation) => Rows.Add(reservation);

    public Task SaveAsync(CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            Rows.Save();
            return true;
        });

    public Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken) =>
        AskAsync(() =>
        {
            foreach (var id in transactionIds)
            {
                Rows.Transaction(id)
                    ?.Update(row =>
                    {
                        row.NextCheckAt = Database.Clock + after;
                        (row.LeaseOwner, row.LeaseUntil) = (null, null);
                    });
            }
            return true;
        });

    public Task PublishAsync(object message, CancellationToken cancellationToken)
    {
        Outbox.Add(message);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Abort();
        return ValueTask.CompletedTask;
    }

    /// <summary>Takes the longest due of which nobody holds the lock, and puts each off.</summary>
    private List<ChainTransaction> TakeDue(Func<ChainTransaction, bool> isWanted, int max, TimeSpan again, bool isLeased = false)
    {
        var now = Database.Clock;
        var due = Rows.Seen<ChainTransaction>()
            .Where(s => s.Row.NextCheckAt <= now && isWanted(s.Row) && !Database.IsLocked<ChainTransaction>(s.Row.Id, this))
            .OrderBy(s => s.Row.NextCheckAt)
            .Take(max)
            .ToList();
        return due.ConvertAll(seen =>
        {
            Database.Lock((typeof(ChainTransaction), seen.Row.Id), this, () => { });
            seen.Update(row =>
            {
                row.NextCheckAt = now + Wait(again, row.WakeUps++);
                if (isLeased)
                {
                    (row.LeaseOwner, row.LeaseUntil) = (WakeUp.Owner, row.NextCheckAt);
                }
            });
            return Row<ChainTransaction>.Copy(Rows.Transaction(seen.Row.Id)!.Value.Row);
        });
    }

    private static TimeSpan Wait(TimeSpan first, int wakeUps)
    {
        var wait = first * Math.Pow(2, Math.Min(wakeUps, WakeUp.DoublingsMax));
        return wait < WakeUp.Max ? wait : WakeUp.Max;
    }

    private static bool HasEnded(TransactionStatus status) =>
        status is TransactionStatus.Finalized or TransactionStatus.Failed or TransactionStatus.Cancelled;
}
