using Clones.Contracts.Payments;
using Clones.Domain.Keys;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Persistence.Transactions;
using Clones.Persistence.Wallets;
using Clones.Settlement.Events;
using Clones.Settlement.Rules;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Settlement.Store;

/// <param name="scope">That owns the context; null within a consumer, whose context, transaction and commit are the bus's.</param>
/// <param name="commit">See <paramref name="scope"/>.</param>
internal sealed partial class DatabaseSettlementWork(
    ClonesDbContext db,
    WalletLedger ledger,
    IPublishEndpoint publish,
    PaymentEventPublisher events,
    SettlementOptions options,
    DatabaseHeartbeat heartbeat,
    IServiceProvider services,
    IAsyncDisposable? scope = null,
    IDbContextTransaction? commit = null
) : IDeploymentWork
{
    private static readonly string NamedOnChain = $$"""
        SELECT DISTINCT ON (l.signature) l.* FROM {{OnChainNames.From("{0}", "*")}} WHERE l.wallet_id = ANY ({1}) ORDER BY l.signature
        """;

    public Task<IReadOnlyList<ChainTransaction>> LockAsync(IReadOnlyCollection<Guid> transactionIds, CancellationToken cancellationToken) =>
        db.LockTransactionsAsync(transactionIds, cancellationToken);

    public async Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) =>
        await db
            .TransactionAttempts.Where(a => transactionIds.Contains(a.TransactionId))
            .OrderBy(a => a.Number)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Payment>> PaymentsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) =>
        await db
            .Payments.Where(p => p.TransactionId != null && transactionIds.Contains(p.TransactionId.Value))
            .OrderBy(p => p.Id)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyDictionary<Guid, string>> WalletAddressesAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    ) =>
        await db
            .DepositWallets.Where(w => walletIds.Contains(w.Id))
            .Select(w => new { w.Id, w.Address })
            .ToDictionaryAsync(w => w.Id, w => w.Address, cancellationToken);

    public async Task<IReadOnlyList<DepositWallet>> LockWalletsAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    )
    {
        var wallets = await ledger.LockAsync(walletIds, cancellationToken);
        return wallets.Count == walletIds.Distinct().Count()
            ? wallets
            : throw new InvalidOperationException($"There is no wallet {walletIds.Except(wallets.Select(w => w.Id)).First()}.");
    }

    public async Task<IReadOnlyList<WalletReservation>> OpenReservationsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) =>
        await db
            .WalletReservations.Where(r => transactionIds.Contains(r.TransactionId) && r.ReleasedAt == null)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Guid>> DueForPreparationAsync(CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<Guid>(
                SqlText.In(
                    $"""
                    UPDATE transactions SET wake_ups = wake_ups + 1, lease_owner = {WakeUp.Owner},
                        next_check_at = now() + least({WakeUp.Max}, {options.WakeUpLease} * power(2, least(wake_ups, {WakeUp.DoublingsMax}))),
                        lease_until = now() + least({WakeUp.Max}, {options.WakeUpLease} * power(2, least(wake_ups, {WakeUp.DoublingsMax})))
                    WHERE id IN (
                        SELECT id FROM transactions
                        WHERE status IN {StatusLists.ToPrepare} AND status NOT IN {StatusLists.Ends}
                            AND kind = 'PAYMENT' AND next_check_at <= now()
                        ORDER BY next_check_at
                        LIMIT least({options.BatchMax}, greatest(0, {options.WakeUpsMax} - (
                            SELECT count(*) FROM transactions WHERE lease_owner = 'wake-up' AND lease_until > now())))
                        FOR UPDATE SKIP LOCKED)
                    RETURNING id AS "Value"
                    """
                )
            )
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyDictionary<Guid, SigningPermit>> AskFenceAsync(
        IReadOnlyCollection<Guid> walletIds,
        CancellationToken cancellationToken
    )
    {
        var seen = heartbeat.Seen;
        var fence = await db.HoldFenceAsync(cancellationToken);
        var permits = new Dictionary<Guid, SigningPermit>();
        foreach (var walletId in walletIds)
        {
            var compared = fence is { IsOpen: false } ? await db.ComparedRaisingAsync(walletId, cancellationToken) : null;
            permits[walletId] = SigningPermit.Decide(fence, seen, compared);
        }
        if (fence is not null && fence.Heartbeat > seen)
        {
            heartbeat.Record(fence.Heartbeat);
        }
        return permits;
    }

    public IWalletKeys Keys => services.GetRequiredService<IWalletKeys>();

    public async Task<IReadOnlyList<OnChainTransaction>> OnChainTransactionsAsync(
        IReadOnlyCollection<Guid> walletIds,
        IReadOnlyCollection<Guid> names,
        CancellationToken cancellationToken
    ) =>
        await db
            .OnChainTransactions.FromSqlRaw(NamedOnChain, names.ToArray(), walletIds.ToArray())
            .AsNoTracking()
            .OrderBy(l => l.Slot)
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Guid>> AdoptableAsync(Guid walletId, CancellationToken cancellationToken) =>
        await (
            from onChain in db.OnChainTransactions
            join transaction in db.Transactions on onChain.TransactionId equals transaction.Id
            where
                onChain.WalletId == walletId
                && transaction.WalletId == walletId
                && !EF.Constant(TransactionTransitions.Ends).Contains(transaction.Status)
                && !transaction.Attempts.Any(a => a.Signature == onChain.Signature && LiveAttempts.Statuses.Contains(a.Status))
            select transaction.Id
        )
            .Distinct()
            .ToListAsync(cancellationToken);

    public void Add(ChainTransaction transaction) => db.Transactions.Add(transaction);

    public void Add(TransactionAttempt attempt) => db.TransactionAttempts.Add(attempt);

    public void Add(WalletReservation reservation) => db.WalletReservations.Add(reservation);

    public Task SaveAsync(CancellationToken cancellationToken) => db.SaveChangesAsync(cancellationToken);

    public Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken) =>
        db.CheckAgainAsync(transactionIds, after, cancellationToken);

    public Task PublishAsync(object message, CancellationToken cancellationToken) =>
        message is PaymentFields payment ? events.PublishAsync(payment, cancellationToken) : publish.Publish(message, cancellationToken);

    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        await events.WriteDeliveriesAsync(cancellationToken);
        await db.UpdateInGroupsAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if (commit is not null)
        {
            await commit.CommitAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (commit is not null)
        {
            await commit.DisposeAsync();
        }
        if (scope is not null)
        {
            await scope.DisposeAsync();
        }
    }
}
