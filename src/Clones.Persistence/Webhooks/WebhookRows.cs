using Clones.Domain;
using Clones.Domain.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Webhooks;

/// <summary>What a worker asks for.</summary>
/// <param name="Failing">Deliveries of endpoints whose last attempt failed or took long, or of all others.</param>
/// <param name="SlowEndpoints">Those that took long.</param>
/// <param name="Count">At most.</param>
public sealed record WebhookClaim(
    bool Failing,
    Guid[] SlowEndpoints,
    int AtOncePerEndpoint,
    int AtOncePerOwner,
    int Count,
    DateTimeOffset LeasedUntil
);

/// <param name="TrainingPoolId">Of the endpoint's owner; null where the owner was asked for.</param>
/// <param name="EventTypes">That it wants; none: all.</param>
public sealed record SubscribedEndpoint(Guid? TrainingPoolId, Guid EndpointId, string[] EventTypes)
{
    public bool Wants(string eventType) => EventTypes.Length == 0 || EventTypes.Contains(eventType);
}

/// <summary>To be sent.</summary>
/// <param name="EventId">Of the event's message on the broker.</param>
/// <param name="EventType">Of <see cref="WebhookEventType"/>.</param>
public sealed record NewDelivery(Guid EndpointId, Guid EventId, string EventType, string Body);

/// <summary>The deliveries of webhooks, by statements: any number of workers take, end and sweep them at once. The triggers hold the order of their statuses.</summary>
public static class WebhookRows
{
    /// <summary>Rows in one statement of a sweep, so that no lock is held for long.</summary>
    private const int BatchMax = 1_000;
    private const int BatchesMax = 50;

    /// <summary>Candidates for each that is taken: other workers read the same ones, and what they have locked is passed over.</summary>
    private const int CandidatesFactor = 4;

    /// <summary>The last attempt is due when the time is up; what has not had it by then is in a backlog that grows faster than it is sent.</summary>
    private static readonly TimeSpan LateAfter = TimeSpan.FromHours(1);

    /// <summary>Whoever has read the endpoint just before may still be about to write.</summary>
    private static readonly TimeSpan EndpointAfter = TimeSpan.FromHours(1);

    private static readonly string Pending = UpperSnakeCase.From(WebhookDeliveryStatus.Pending);
    private static readonly string Exhausted = UpperSnakeCase.From(WebhookDeliveryStatus.Exhausted);

    /// <summary>The endpoints that are enabled, of these owners and of those of the training pools.</summary>
    public static Task<List<SubscribedEndpoint>> SubscribedAsync(
        this ClonesDbContext db,
        IReadOnlyCollection<string> owners,
        IReadOnlyCollection<Guid> trainingPoolIds,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQuery<SubscribedEndpoint>(
                $"""
                SELECT o.training_pool_id, e.id AS endpoint_id, e.event_types
                FROM (
                    SELECT NULL::uuid AS training_pool_id, unnest({owners.ToArray()}) AS owner_address
                    UNION ALL SELECT id, owner_address FROM training_pools WHERE id = ANY ({trainingPoolIds.ToArray()})) o
                JOIN webhook_endpoints e ON e.owner_address = o.owner_address
                WHERE e.deleted_at IS NULL AND e.is_enabled
                """
            )
            .ToListAsync(cancellationToken);

    /// <summary>The same event again, from an error queue say, is the same delivery.</summary>
    public static async Task AddDeliveriesAsync(
        this ClonesDbContext db,
        IReadOnlyCollection<NewDelivery> deliveries,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (deliveries.Count == 0)
        {
            return;
        }
        Guid[] ids = [.. deliveries.Select(_ => Guid.CreateVersion7(now))];
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, status, attempt_count, failed_tries,
                next_attempt_at, give_up_at, created_at)
            SELECT d.id, d.endpoint_id, d.event_id, d.event_type, d.body, {Pending}, 0, 0, {now}, {now + WebhookDelivery.TriedFor}, {now}
            FROM unnest({ids}, {deliveries.Select(d => d.EndpointId).ToArray()}, {deliveries.Select(d => d.EventId).ToArray()},
                {deliveries.Select(d => d.EventType).ToArray()}, {deliveries.Select(d => d.Body).ToArray()})
                AS d (id, endpoint_id, event_id, event_type, body)
            ON CONFLICT (endpoint_id, event_id) DO NOTHING
            """,
            cancellationToken
        );
    }

    /// <summary>
    /// Candidates are read without locks, endpoint by endpoint, so that a backlog of one is passed over and not read through. An owner's place
    /// counts what is being sent for them already: who has nothing on its way comes first. Only what is taken is locked, and is read once
    /// more then.
    /// </summary>
    public static Task<List<DueWebhook>> ClaimDeliveriesAsync(
        this ClonesDbContext db,
        WebhookClaim claim,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        db
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
                        LIMIT greatest(0, {claim.AtOncePerEndpoint} - coalesce(b.live, 0))) d
                    WHERE e.is_enabled AND e.deleted_at IS NULL
                        AND (e.consecutive_failures > 0 OR e.id = ANY ({claim.SlowEndpoints})) = {claim.Failing}),
                candidates AS MATERIALIZED (
                    SELECT id, next_attempt_at, place FROM waiting WHERE place <= {claim.AtOncePerOwner}
                    ORDER BY place, next_attempt_at LIMIT {claim.Count * CandidatesFactor}),
                due AS MATERIALIZED (
                    SELECT d.id FROM candidates c JOIN webhook_deliveries d ON d.id = c.id
                    WHERE d.status = 'PENDING' AND d.next_attempt_at <= {now} AND (d.lease_id IS NULL OR d.leased_until <= {now})
                    ORDER BY c.place, c.next_attempt_at LIMIT {claim.Count} FOR UPDATE OF d SKIP LOCKED)
                UPDATE webhook_deliveries d
                SET lease_id = gen_random_uuid(), leased_until = {claim.LeasedUntil}, attempt_count = d.attempt_count + 1
                FROM due, webhook_endpoints e WHERE d.id = due.id AND e.id = d.endpoint_id
                RETURNING d.id, d.endpoint_id, d.event_id, d.event_type, d.body, d.attempt_count AS number, d.failed_tries, d.give_up_at,
                    d.lease_id, e.url, e.secret_generation, e.previous_secret_until, {claim.Failing} AS is_failing
                """
            )
            .ToListAsync(cancellationToken);

    /// <summary>Records an attempt and what became of its delivery, in the caller's database transaction.</summary>
    /// <param name="due">The delivery, as it was taken.</param>
    /// <param name="attempt">Without a failure it was delivered.</param>
    /// <param name="next">When it is tried again; null for never.</param>
    /// <returns>Whether it was still this worker's: a delivery that was taken over meanwhile is left to whoever has it now.</returns>
    public static async Task<bool> EndAttemptAsync(
        this ClonesDbContext db,
        DueWebhook due,
        WebhookAttempt attempt,
        WebhookDeliveryStatus status,
        DateTimeOffset? next,
        DateTimeOffset now
    )
    {
        var failed = attempt.Failure is null ? 0 : 1;
        var completedAt = next is null ? now : (DateTimeOffset?)null;
        var ours = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET status = {UpperSnakeCase.From(status)}, failed_tries = failed_tries + {failed},
                next_attempt_at = {next}, last_failure = {attempt.Failure}, completed_at = {completedAt}, lease_id = NULL, leased_until = NULL
            WHERE id = {due.Id} AND lease_id = {due.LeaseId}
            """
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_milliseconds, status_code, failure, answer)
            SELECT {due.Id}, {due.Number}, {attempt.StartedAt}, {attempt.DurationMilliseconds}, {attempt.StatusCode}, {attempt.Failure},
                {attempt.Answer}
            WHERE EXISTS (SELECT 1 FROM webhook_deliveries WHERE id = {due.Id}) ON CONFLICT DO NOTHING
            """
        );
        // Another URL may have been set meanwhile: the old one's answers say nothing about it.
        await db.Database.ExecuteSqlAsync(
            attempt.Failure is null
                ? (FormattableString)
                    $"UPDATE webhook_endpoints SET consecutive_failures = 0 WHERE id = {due.EndpointId} AND consecutive_failures > 0"
                : $"""
                UPDATE webhook_endpoints SET consecutive_failures = least(consecutive_failures, 1000000) + 1
                WHERE id = {due.EndpointId} AND url = {due.Url}
                """
        );
        return ours > 0;
    }

    /// <summary>The endpoint of a delivery has said that it is gone.</summary>
    public static Task DisableEndpointAsync(this ClonesDbContext db, DueWebhook due, string reason, DateTimeOffset now) =>
        db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_endpoints SET is_enabled = false, disabled_reason = {reason}, updated_at = {now}, version = version + 1
            WHERE id = {due.EndpointId} AND url = {due.Url} AND is_enabled
            """
        );

    /// <summary>Abandons what waited in vain, and takes away what ended before <paramref name="keptFrom"/> or belongs to deleted endpoints.</summary>
    public static async Task SweepWebhooksAsync(
        this ClonesDbContext db,
        DateTimeOffset keptFrom,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        FormattableString[] sweeps =
        [
            $"""
                UPDATE webhook_deliveries SET status = {Exhausted}, next_attempt_at = NULL, completed_at = {now},
                    last_failure = coalesce(last_failure, 'The webhook was disabled.')
                WHERE id IN (
                    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
                    WHERE d.status = 'PENDING' AND NOT e.is_enabled AND e.deleted_at IS NULL AND d.give_up_at < {now}
                        AND (d.lease_id IS NULL OR d.leased_until < {now})
                    LIMIT {BatchMax} FOR UPDATE OF d SKIP LOCKED)
                """,
            $"""
                UPDATE webhook_deliveries SET status = {Exhausted}, next_attempt_at = NULL, completed_at = {now},
                    lease_id = NULL, leased_until = NULL, last_failure = 'Its time was up before its turn came.'
                WHERE id IN (
                    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
                    WHERE d.status = 'PENDING' AND e.is_enabled AND e.deleted_at IS NULL AND d.give_up_at < {now - LateAfter}
                        AND (d.lease_id IS NULL OR d.leased_until < {now})
                    LIMIT {BatchMax} FOR UPDATE OF d SKIP LOCKED)
                """,
            $"""
                DELETE FROM webhook_deliveries WHERE id IN (
                    SELECT id FROM webhook_deliveries WHERE created_at < {keptFrom} AND status <> 'PENDING'
                    LIMIT {BatchMax} FOR UPDATE SKIP LOCKED)
                """,
            $"""
                DELETE FROM webhook_deliveries WHERE id IN (
                    SELECT d.id FROM webhook_deliveries d JOIN webhook_endpoints e ON e.id = d.endpoint_id
                    WHERE e.deleted_at IS NOT NULL AND (d.lease_id IS NULL OR d.leased_until < {now})
                    LIMIT {BatchMax} FOR UPDATE OF d SKIP LOCKED)
                """,
            $"""
                DELETE FROM webhook_endpoints WHERE id IN (
                    SELECT e.id FROM webhook_endpoints e
                    WHERE e.deleted_at < {now
                    - EndpointAfter} AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.endpoint_id = e.id)
                    LIMIT {BatchMax} FOR UPDATE SKIP LOCKED)
                """,
        ];
        foreach (var sweep in sweeps)
        {
            for (var batch = 0; batch < BatchesMax; batch++)
            {
                if (await db.Database.ExecuteSqlAsync(sweep, cancellationToken) < BatchMax)
                {
                    break;
                }
            }
        }
    }
}
