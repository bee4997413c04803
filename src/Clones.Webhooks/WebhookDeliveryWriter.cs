using Clones.Domain;
using Clones.Domain.Webhooks;
using Clones.Persistence;
using Clones.Persistence.Webhooks;

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

    public async Task RecordAsync(DueWebhook due, DateTimeOffset startedAt, WebhookOutcome outcome)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        await using var commit = await db.Database.BeginTransactionAsync();
        var now = time.GetUtcNow();
        var next = NextOf(due, outcome, now);
        var status =
            outcome.Failure is null ? WebhookDeliveryStatus.Delivered
            : next is null ? WebhookDeliveryStatus.Exhausted
            : WebhookDeliveryStatus.Pending;
        var attempt = new WebhookAttempt
        {
            DeliveryId = due.Id,
            Number = due.Number,
            StartedAt = startedAt,
            DurationMilliseconds = (int)Math.Min(outcome.Took.TotalMilliseconds, int.MaxValue),
            StatusCode = outcome.StatusCode,
            Failure = outcome.Failure,
            Answer = outcome.Answer,
        };
        var isOurs = await db.EndAttemptAsync(due, attempt, status, next, now);
        if (outcome.StatusCode == Gone)
        {
            await db.DisableEndpointAsync(due, "It answered 410 Gone.", now);
        }
        await commit.CommitAsync();
        Report(due, outcome, isOurs ? status : WebhookDeliveryStatus.Pending);
    }

    private DateTimeOffset? NextOf(DueWebhook due, WebhookOutcome outcome, DateTimeOffset now) =>
        outcome.Failure is null || outcome.StatusCode == Gone
            ? null
            : WebhookSchedule.Next(due.FailedTries + 1, now, due.GiveUpAt, jitter(), outcome.RetryAfter);

    private void Report(DueWebhook due, WebhookOutcome outcome, WebhookDeliveryStatus status)
    {
        if (outcome.Failure is null)
        {
            meter.Delivered.Add(1);
            log.LogDebug("Webhook {DeliveryId} ({EventType}) delivered to {EndpointId}", due.Id, due.EventType, due.EndpointId);
            return;
        }
        meter.Failed.Add(1);
        if (status == WebhookDeliveryStatus.Exhausted)
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
            UpperSnakeCase.From(status)
        );
    }
}
