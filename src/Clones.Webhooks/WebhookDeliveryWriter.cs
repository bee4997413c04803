using Clones.Domain;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>Notes what came of an attempt, and what follows from it, in one commit.</summary>
internal sealed class WebhookDeliveryWriter(
    IServiceScopeFactory scopes,
    Jitter jitter,
    WebhookMeter meter,
    TimeProvider time,
    ILogger<WebhookDeliveryWriter> log
)
{
    private const int Gone = 410;

    public async Task NoteAsync(DueWebhook due, DateTimeOffset startedAt, WebhookOutcome outcome)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        await using var commit = await db.Database.BeginTransactionAsync();
        var now = time.GetUtcNow();
        var next = NextOf(due, outcome, now);
        var isDelivered = outcome.Failure is null;
        var status =
            isDelivered ? "DELIVERED"
            : next is null ? "EXHAUSTED"
            : "PENDING";
        var failed = isDelivered ? 0 : 1;
        var completedAt = next is null ? now : (DateTimeOffset?)null;
        // Nobody else's: a delivery that was taken over meanwhile is left to whoever has it now.
        var isOurs = await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_deliveries SET status = {status}, failed_tries = failed_tries + {failed}, next_attempt_at = {next},
                last_failure = {outcome.Failure}, completed_at = {completedAt}, lease_id = NULL, leased_until = NULL
            WHERE id = {due.Id} AND lease_id = {due.LeaseId}
            """
        );
        var took = (int)Math.Min(outcome.Took.TotalMilliseconds, int.MaxValue);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_milliseconds, status_code, failure, answer)
            SELECT {due.Id}, {due.Number}, {startedAt}, {took}, {outcome.StatusCode}, {outcome.Failure}, {outcome.Answer}
            WHERE EXISTS (SELECT 1 FROM webhook_deliveries WHERE id = {due.Id}) ON CONFLICT DO NOTHING
            """
        );
        await CountAsync(db, due, outcome, now);
        await commit.CommitAsync();
        Tell(due, outcome, isOurs > 0 ? status : "PENDING");
    }

    private DateTimeOffset? NextOf(DueWebhook due, WebhookOutcome outcome, DateTimeOffset now) =>
        outcome.Failure is null || outcome.StatusCode == Gone
            ? null
            : WebhookSchedule.Next(due.FailedTries + 1, now, due.GiveUpAt, jitter(), outcome.RetryAfter);

    private static async Task CountAsync(ClonesDbContext db, DueWebhook due, WebhookOutcome outcome, DateTimeOffset now)
    {
        if (outcome.Failure is null)
        {
            await db.Database.ExecuteSqlAsync(
                $"UPDATE webhook_endpoints SET consecutive_failures = 0 WHERE id = {due.EndpointId} AND consecutive_failures > 0"
            );
            return;
        }
        // Another URL has been set meanwhile: the old one's answers say nothing about it.
        await db.Database.ExecuteSqlAsync(
            $"""
            UPDATE webhook_endpoints SET consecutive_failures = least(consecutive_failures, 1000000) + 1
            WHERE id = {due.EndpointId} AND url = {due.Url}
            """
        );
        if (outcome.StatusCode == Gone)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                UPDATE webhook_endpoints SET is_enabled = false, disabled_reason = 'It answered 410 Gone.',
                    updated_at = {now}, version = version + 1
                WHERE id = {due.EndpointId} AND url = {due.Url} AND is_enabled
                """
            );
        }
    }

    private void Tell(DueWebhook due, WebhookOutcome outcome, string status)
    {
        if (outcome.Failure is null)
        {
            meter.Delivered.Add(1);
            log.LogDebug("Webhook {DeliveryId} ({EventType}) delivered to {EndpointId}", due.Id, due.EventType, due.EndpointId);
            return;
        }
        meter.Failed.Add(1);
        if (status == "EXHAUSTED")
        {
            meter.Exhausted.Add(1);
        }
        log.LogInformation(
            "Webhook {DeliveryId} ({EventType}) to {EndpointId}, attempt {Attempt}: {Reason} It is {Status}",
            due.Id,
            due.EventType,
            due.EndpointId,
            due.Number,
            outcome.Failure,
            status
        );
    }
}
