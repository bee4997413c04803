using Clones.Persistence;
using Clones.Persistence.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Webhooks;

/// <summary>A delivery that this worker has taken, with what it needs of its endpoint.</summary>
/// <param name="Number">Of the attempt: 1, 2, ..</param>
/// <param name="IsFailing">Whether the endpoint's last attempt failed.</param>
internal sealed record DueWebhook(
    Guid Id,
    Guid EndpointId,
    Guid EventId,
    string EventType,
    string Body,
    int Number,
    int FailedTries,
    DateTimeOffset GiveUpAt,
    Guid LeaseId,
    string Url,
    int SecretGeneration,
    DateTimeOffset? PreviousSecretUntil,
    bool IsFailing
);

/// <summary>Takes due deliveries. A lease keeps workers apart; where one dies, the lease runs out and another takes the delivery over.</summary>
internal sealed class WebhookClaims(IServiceScopeFactory scopes, WebhookOptions options, TimeProvider time)
{
    /// <param name="failing">Those of endpoints whose last attempt failed, or of all others.</param>
    /// <param name="count">At most.</param>
    public async Task<List<DueWebhook>> TakeAsync(bool failing, int count, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var now = time.GetUtcNow();
        var until = now + options.Lease;
        var each = failing ? 1 : options.AtOncePerEndpoint;
        if (
            !await db.WebhookDeliveries.AnyAsync(
                d => d.Status == WebhookDeliveryStatus.Pending && d.NextAttemptAt <= now,
                cancellationToken
            )
        )
        {
            return [];
        }

        // Endpoint by endpoint, so that a backlog of one is passed over and not read through.
        return await db
            .Database.SqlQuery<DueWebhook>(
                $"""
                WITH due AS (
                    SELECT d.id FROM webhook_endpoints e CROSS JOIN LATERAL (
                        SELECT p.id, p.next_attempt_at FROM webhook_deliveries p
                        WHERE p.endpoint_id = e.id AND p.status = 'PENDING' AND p.next_attempt_at <= {now}
                            AND (p.lease_id IS NULL OR p.leased_until <= {now})
                        ORDER BY p.next_attempt_at
                        LIMIT greatest(0, {each} - (
                            SELECT count(*) FROM webhook_deliveries b
                            WHERE b.endpoint_id = e.id AND b.lease_id IS NOT NULL AND b.leased_until > {now}))
                        FOR UPDATE SKIP LOCKED) d
                    WHERE e.is_enabled AND e.deleted_at IS NULL AND (e.consecutive_failures > 0) = {failing}
                    ORDER BY d.next_attempt_at LIMIT {count})
                UPDATE webhook_deliveries d
                SET lease_id = gen_random_uuid(), leased_until = {until}, attempt_count = d.attempt_count + 1
                FROM due, webhook_endpoints e WHERE d.id = due.id AND e.id = d.endpoint_id
                RETURNING d.id, d.endpoint_id, d.event_id, d.event_type, d.body, d.attempt_count AS number, d.failed_tries, d.give_up_at,
                    d.lease_id, e.url, e.secret_generation, e.previous_secret_until, {failing} AS is_failing
                """
            )
            .ToListAsync(cancellationToken);
    }
}
