using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Transactions;
using Clones.Persistence.Wallets;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Store;

internal sealed class DatabaseSettlementStore(IServiceScopeFactory scopes, SettlementOptions options, DatabaseHeartbeat heartbeat)
    : ISettlementStore
{
    public async Task<IDeploymentWork> BeginAsync(CancellationToken cancellationToken)
    {
        var scope = scopes.CreateAsyncScope();
        try
        {
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            return new DatabaseSettlementWork(
                db,
                scope.ServiceProvider.GetRequiredService<WalletLedger>(),
                scope.ServiceProvider.GetRequiredService<IPublishEndpoint>(),
                options,
                heartbeat,
                scope,
                commit
            );
        }
        catch
        {
            await scope.DisposeAsync();
            throw;
        }
    }

    public Task<IReadOnlyList<LeasedAttempt>> LeaseAsync(string worker, CancellationToken cancellationToken) =>
        WithAsync<IReadOnlyList<LeasedAttempt>>(async db =>
        {
            var ids = await db
                .Database.SqlQuery<Guid>(
                    $"""
                    UPDATE transactions SET lease_owner = {worker}, lease_until = now() + {options.LeaseFor}
                    WHERE id IN (
                        SELECT id FROM transactions
                        WHERE status IN ('SIGNED', 'BROADCAST', 'CONFIRMED', 'UNRESOLVED') AND status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED')
                            AND next_check_at <= now() AND (lease_until IS NULL OR lease_until < now() OR lease_owner = {worker})
                        ORDER BY next_check_at LIMIT {options.BatchMax} FOR UPDATE SKIP LOCKED)
                    RETURNING id AS "Value"
                    """
                )
                .ToListAsync(cancellationToken);
            if (ids.Count == 0)
            {
                return [];
            }

            return await (
                from attempt in db.TransactionAttempts.AsNoTracking()
                join transaction in db.Transactions on attempt.TransactionId equals transaction.Id
                join wallet in db.DepositWallets on transaction.WalletId equals wallet.Id
                where
                    ids.Contains(attempt.TransactionId)
                    && attempt.WireBytes != null
                    && LiveAttempts.SendableStatuses.Contains(attempt.Status)
                select new LeasedAttempt(attempt, wallet.Address)
            ).ToListAsync(cancellationToken);
        });

    public Task<TransactionAttempt?> FindAttemptAsync(Guid transactionId, int number, CancellationToken cancellationToken) =>
        WithAsync(db =>
            db.TransactionAttempts.AsNoTracking()
                .FirstOrDefaultAsync(a => a.TransactionId == transactionId && a.Number == number, cancellationToken)
        );

    public Task MarkSentAsync(Guid transactionId, int number, DateTimeOffset at, CancellationToken cancellationToken) =>
        WithAsync(async db =>
        {
            await db
                .TransactionAttempts.Where(a => a.TransactionId == transactionId && a.Number == number)
                .ExecuteUpdateAsync(
                    set =>
                        set.SetProperty(a => a.SendCount, a => a.SendCount + 1)
                            .SetProperty(a => a.LastSentAt, at)
                            .SetProperty(a => a.Status, a => a.Status == AttemptStatus.Signed ? AttemptStatus.Broadcast : a.Status),
                    cancellationToken
                );
            return await db
                .Transactions.Where(t => t.Id == transactionId && t.Status == TransactionStatus.Signed && t.AttemptNumber == number)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, TransactionStatus.Broadcast), cancellationToken);
        });

    public Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken) =>
        transactionIds.Count == 0
            ? Task.CompletedTask
            : WithAsync(async db =>
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    UPDATE transactions SET next_check_at = now() + {after}, lease_owner = NULL, lease_until = NULL
                    WHERE id = ANY({transactionIds.ToArray()}) AND status IN ('SIGNED', 'BROADCAST', 'CONFIRMED', 'UNRESOLVED')
                    """,
                    cancellationToken
                );
                return true;
            });

    private async Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }
}
