using Clones.Domain.Keys;
using Clones.Persistence.Transactions;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Keys;

/// <summary>The rows of <see cref="UnusableKey"/>, by statements: two workers that fail at once count one try.</summary>
public static class UnusableKeyRows
{
    /// <summary>Records a failed try and sets the next one, in the caller's database transaction, which then holds the row's lock.</summary>
    /// <param name="tryAgain">By the tries in a row that failed before this one.</param>
    /// <returns>How long it has not opened.</returns>
    public static async Task<TimeSpan> NoteUnusableAsync(
        this ClonesDbContext db,
        string purpose,
        Guid keyId,
        string address,
        string reason,
        Func<int, TimeSpan> tryAgain,
        CancellationToken cancellationToken
    )
    {
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO unusable_keys (purpose, key_id, address, reason, failed_tries, failed_since, next_try_at)
            VALUES ({purpose}, {keyId}, {address}, {reason}, 0, now(), now()) ON CONFLICT DO NOTHING
            """,
            cancellationToken
        );
        var known = await db
            .Database.SqlQuery<KnownFailure>(
                $"""
                SELECT failed_tries, next_try_at <= now() AS is_due, greatest(now() - failed_since, interval '0') AS failing_for
                FROM unusable_keys WHERE purpose = {purpose} AND key_id = {keyId} FOR UPDATE
                """
            )
            .ToListAsync(cancellationToken);
        if (known is not [{ } failure])
        {
            // It has opened for somebody else in this moment.
            return TimeSpan.Zero;
        }
        if (failure.IsDue)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE unusable_keys
                SET reason = {reason}, failed_tries = failed_tries + 1, next_try_at = now() + {tryAgain(failure.FailedTries)}
                WHERE purpose = {purpose} AND key_id = {keyId}
                """,
                cancellationToken
            );
        }
        return failure.FailingFor;
    }

    /// <summary>Those of the keys that nobody is to try yet.</summary>
    public static async Task<IReadOnlySet<Guid>> ToBeLeftAsync(
        this ClonesDbContext db,
        string purpose,
        IReadOnlyCollection<Guid> keyIds,
        CancellationToken cancellationToken
    ) =>
        (
            await db
                .Database.SqlQuery<Guid>(
                    $"""
                    SELECT key_id AS "Value" FROM unusable_keys WHERE purpose = {purpose} AND key_id = ANY({keyIds.ToArray()}) AND next_try_at > now()
                    """
                )
                .ToListAsync(cancellationToken)
        ).ToHashSet();

    /// <summary>It has opened. The payments of the wallet that wait are due at once, but for those that somebody works on.</summary>
    public static Task ForgetUnusableAsync(this ClonesDbContext db, string purpose, Guid keyId, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            SqlText.In(
                $"""
                WITH gone AS (DELETE FROM unusable_keys WHERE purpose = {purpose} AND key_id = {keyId} RETURNING key_id)
                UPDATE transactions SET next_check_at = now(), wake_ups = 0 WHERE id IN (
                    SELECT t.id FROM transactions t JOIN gone ON gone.key_id = t.wallet_id
                    WHERE t.kind = 'PAYMENT' AND t.status IN {StatusLists.ToPrepare} AND t.status NOT IN {StatusLists.Ends}
                        AND t.wake_ups > 0 AND t.lease_until IS NULL
                    FOR UPDATE OF t SKIP LOCKED)
                """
            ),
            cancellationToken
        );

    private sealed record KnownFailure(int FailedTries, bool IsDue, TimeSpan FailingFor);
}
