using Clones.Persistence;
using Clones.Persistence.Settlement;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Settlement;

/// <summary>
/// What is due, by leases: several workers share the work without meeting, and what a dead one held is taken over when its lease ends. All
/// times are the database's; no clock of a worker matters.
/// </summary>
internal sealed class OpenTransactions(ClonesDbContext db, SettlementOptions options)
{
    /// <summary>Takes up to a batch of transactions whose live attempt is fully signed.</summary>
    /// <param name="worker">Who takes them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<LeasedAttempt>> LeaseAsync(string worker, CancellationToken cancellationToken)
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
                && (
                    attempt.Status == AttemptStatus.Signed
                    || attempt.Status == AttemptStatus.Broadcast
                    || attempt.Status == AttemptStatus.Confirmed
                    || attempt.Status == AttemptStatus.Unresolved
                )
            select new LeasedAttempt(attempt, wallet.Address)
        ).ToListAsync(cancellationToken);
    }

    /// <summary>Payments that wait for their next attempt and whose message may have been lost (or whose last try found no chain).</summary>
    /// <returns>Their ids; each is not due again for a while.</returns>
    public async Task<IReadOnlyList<Guid>> DueForPreparationAsync(CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE transactions SET next_check_at = now() + {4 * options.PrepareAgainAfter}
                WHERE id IN (
                    SELECT id FROM transactions
                    WHERE status IN ('ACCEPTED', 'EXPIRED') AND status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED')
                        AND kind = 'PAYMENT' AND next_check_at <= now()
                    ORDER BY next_check_at LIMIT {options.BatchMax} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
}

/// <param name="WalletAddress">Of the deposit wallet that pays.</param>
internal sealed record LeasedAttempt(TransactionAttempt Attempt, string WalletAddress);
