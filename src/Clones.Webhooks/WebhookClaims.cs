using Clones.Domain.Webhooks;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>
/// Takes due deliveries. A lease keeps workers apart; where one dies, the lease runs out and another takes the delivery over. Owners take turns,
/// so that nobody waits for all of somebody else's endpoints.
/// </summary>
internal sealed class WebhookClaims(IServiceScopeFactory scopes, WebhookSlowEndpoints slowOnes, WebhookOptions options, TimeProvider time)
{
    /// <summary>Candidates for each that is taken: other workers look at the same ones, and what they have locked is passed over.</summary>
    private const int CandidatesFactor = 4;

    /// <param name="failing">Those of endpoints whose last attempt failed or took long, or of all others.</param>
    /// <param name="count">At most.</param>
    public async Task<List<DueWebhook>> TakeAsync(bool failing, int count, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var now = time.GetUtcNow();
        if (!await IsAnythingDueAsync(db, now, cancellationToken))
        {
            return [];
        }
        var until = now + options.Lease;
        var each = failing ? 1 : options.AtOncePerEndpoint;
        var slow = slowOnes.Now();

        // Candidates are read without locks, endpoint by endpoint, so that a backlog of one is passed over and not read through. An owner's
        // place counts what is being sent for them already: who has nothing on its way comes first. Only what is taken is locked, and is
        // looked at once more then.
        return await db
            .Database.SqlQuery<DueWebhook>(
                $"""
                WITH busy AS MATERIALIZED (
                    SELECT b.endpoint_id, e.owner_address, count(*) AS live
                    FROM webhook_deliveries b JOIN webhook_endpoints e ON e.id = b.endpoint_id
                    WHERE b.lease_id IS NOT NULL AND b.leased_until > {now} GROUP BY b.endpoint_id, e.owner_address),
                owners AS MATERIALIZED (
                    SELECT owner_address, sum(live) AS live FROM busy GROUP BY owner_address),
                waiting AS (
                    SELECT d.id, d.next_attempt_at, coalesce(o.live, 0)
                        + row_number() OVER (PARTITION BY e.owner_address ORDER BY d.next_attempt_at, d.id) AS place
                    FROM webhook_endpoints e
                    LEFT JOIN busy b ON b.endpoint_id = e.id
                    LEFT JOIN owners o ON o.owner_address = e.owner_address
                    CROSS JOIN LATERAL (
                        SELECT p.id, p.next_attempt_at FROM webhook_deliveries p
                        WHERE p.endpoint_id = e.id AND p.status = 'PENDING' AND p.next_attempt_at <= {now}
                            AND (p.lease_id IS NULL OR p.leased_until <= {now})
                        ORDER BY p.next_attempt_at
                        LIMIT greatest(0, {each} - coalesce(b.live, 0))) d
                    WHERE e.is_enabled AND e.deleted_at IS NULL
                        AND (e.consecutive_failures > 0 OR e.id = ANY ({slow})) = {failing}),
                candidates AS MATERIALIZED (
                    SELECT id, next_attempt_at, place FROM waiting WHERE place <= {options.AtOncePerOwner}
                    ORDER BY place, next_attempt_at LIMIT {count * CandidatesFactor}),
                due AS MATERIALIZED (
                    SELECT d.id FROM candidates c JOIN webhook_deliveries d ON d.id = c.id
                    WHERE d.status = 'PENDING' AND d.next_attempt_at <= {now} AND (d.lease_id IS NULL OR d.leased_until <= {now})
                    ORDER BY c.place, c.next_attempt_at LIMIT {count} FOR UPDATE OF d SKIP LOCKED)
                UPDATE webhook_deliveries d
                SET lease_id = gen_random_uuid(), leased_until = {until}, attempt_count = d.attempt_count + 1
                FROM due, webhook_endpoints e WHERE d.id = due.id AND e.id = d.endpoint_id
                RETURNING d.id, d.endpoint_id, d.event_id, d.event_type, d.body, d.attempt_count AS number, d.failed_tries, d.give_up_at,
                    d.lease_id, e.url, e.secret_generation, e.previous_secret_until, {failing} AS is_failing
                """
            )
            .ToListAsync(cancellationToken);
    }

    /// <summary>Cheap, for the many passes that find nothing; what is held for disabled endpoints is not read.</summary>
    private static Task<bool> IsAnythingDueAsync(ClonesDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
        db
            .WebhookEndpoints.Where(e => e.IsEnabled && e.DeletedAt == null)
            .AnyAsync(
                e =>
                    db.WebhookDeliveries.Any(d =>
                        d.EndpointId == e.Id && d.Status == WebhookDeliveryStatus.Pending && d.NextAttemptAt <= now
                    ),
                cancellationToken
            );
}
