using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Transactions;
using Clones.Persistence.Wallets;
using Clones.Settlement.Events;
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
                scope.ServiceProvider.GetRequiredService<PaymentEventPublisher>(),
                options,
                heartbeat,
                scope.ServiceProvider,
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
                    SqlText.In(
                        $"""
                        UPDATE transactions SET lease_owner = {worker}, lease_until = now() + {options.LeaseFor}
                        WHERE id IN (
                            SELECT id FROM transactions
                            WHERE status IN {StatusLists.InFlight} AND status NOT IN {StatusLists.Ends}
                                AND next_check_at <= now() AND (lease_until IS NULL OR lease_until < now() OR lease_owner = {worker})
                            ORDER BY next_check_at LIMIT {options.BatchMax} FOR UPDATE SKIP LOCKED)
                        RETURNING id AS "Value"
                        """
                    )
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

    public Task MarkSentAsync(IReadOnlyCollection<SentAttempt> sent, DateTimeOffset at, CancellationToken cancellationToken) =>
        WithAsync(async db =>
        {
            var ids = sent.Select(s => s.TransactionId).ToArray();
            var numbers = sent.Select(s => s.Number).ToArray();
            await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
            // Whoever settles one of them holds its row's lock and then changes the attempt: in this order nobody waits for the other.
            await db.Database.ExecuteSqlAsync(
                $"SELECT 1 FROM transactions WHERE id = ANY({ids}) ORDER BY id FOR NO KEY UPDATE",
                cancellationToken
            );
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE transaction_attempts a SET send_count = send_count + 1, last_sent_at = {at},
                    status = CASE a.status WHEN 'SIGNED' THEN 'BROADCAST' ELSE a.status END
                FROM unnest({ids}, {numbers}) AS s(id, number)
                WHERE a.transaction_id = s.id AND a.number = s.number
                """,
                cancellationToken
            );
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE transactions t SET status = 'BROADCAST' FROM unnest({ids}, {numbers}) AS s(id, number)
                WHERE t.id = s.id AND t.attempt_number = s.number AND t.status = 'SIGNED'
                """,
                cancellationToken
            );
            await commit.CommitAsync(cancellationToken);
            return true;
        });

    public Task CheckAgainAsync(IReadOnlyCollection<Guid> transactionIds, TimeSpan after, CancellationToken cancellationToken) =>
        transactionIds.Count == 0
            ? Task.CompletedTask
            : WithAsync(async db =>
            {
                await db.Database.ExecuteSqlAsync(
                    SqlText.In(
                        $"""
                        UPDATE transactions SET next_check_at = now() + {after}, lease_owner = NULL, lease_until = NULL
                        WHERE id IN (
                            SELECT id FROM transactions
                            WHERE id = ANY({transactionIds.ToArray()}) AND status IN {StatusLists.InFlight}
                            ORDER BY id FOR NO KEY UPDATE)
                        """
                    ),
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
