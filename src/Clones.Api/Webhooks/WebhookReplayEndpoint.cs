using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Domain.Webhooks;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

internal static class WebhookReplayEndpoint
{
    /// <summary>Waiting deliveries of an endpoint, above which nothing is added to them by hand.</summary>
    private const int PendingMax = 1_000;

    /// <summary>Of one delivery; each is a row that is kept.</summary>
    private const int AttemptsMax = 1_000;

    public static void MapWebhookReplay(this IEndpointRouteBuilder webhooks) =>
        webhooks
            .MapPost("/{id}/deliveries/{deliveryId}/replay", ReplayAsync)
            .WithName("replayWebhookDelivery")
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithSummary("Send it again, under the same webhook-id, for three days more")
            .WithProblems(400, 401, 403, 404, 409);

    private static async Task<Accepted<WebhookDeliveryView>> ReplayAsync(
        Guid id,
        Guid deliveryId,
        Caller caller,
        ClonesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindWebhookAsync(id, caller, cancellationToken);
        var delivery = await db.FindDeliveryAsync(endpoint.Id, deliveryId, cancellationToken);
        if (!endpoint.IsEnabled)
        {
            throw WebhookQueries.Disabled();
        }

        if (delivery.AttemptCount >= AttemptsMax)
        {
            throw Full($"It has been tried {delivery.AttemptCount} times, and is not replayed any more from {AttemptsMax} on.");
        }

        var others = db.WebhookDeliveries.Where(d =>
            d.EndpointId == endpoint.Id && d.Status == WebhookDeliveryStatus.Pending && d.Id != delivery.Id
        );
        if (await others.Take(PendingMax + 1).CountAsync(cancellationToken) > PendingMax)
        {
            throw Full($"More than {PendingMax} deliveries to this webhook are waiting already; replay when they are through.");
        }

        var now = time.GetUtcNow();
        // One that is being sent this moment is left to its worker; a replay of it is no second one.
        var changed = await db
            .WebhookDeliveries.Where(d => d.Id == delivery.Id && (d.LeasedUntil == null || d.LeasedUntil <= now))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(d => d.Status, WebhookDeliveryStatus.Pending)
                        .SetProperty(d => d.FailedTries, 0)
                        .SetProperty(d => d.NextAttemptAt, now)
                        .SetProperty(d => d.LeaseId, (Guid?)null)
                        .SetProperty(d => d.LeasedUntil, (DateTimeOffset?)null)
                        .SetProperty(d => d.GiveUpAt, now + WebhookDelivery.TriedFor)
                        .SetProperty(d => d.CompletedAt, (DateTimeOffset?)null),
                cancellationToken
            );
        if (changed == 0)
        {
            throw new ProblemException(
                new Problem(409, ProblemCode.WebhookDeliveryInFlight, "It is being sent this moment; wait for its result first.")
            );
        }

        return Accepted(await db.FindDeliveryAsync(endpoint.Id, deliveryId, cancellationToken));
    }

    private static ProblemException Full(string detail) => new(new Problem(409, ProblemCode.WebhookBacklogFull, detail));

    public static Accepted<WebhookDeliveryView> Accepted(WebhookDelivery delivery) =>
        TypedResults.Accepted($"/v1/webhooks/{delivery.EndpointId}/deliveries/{delivery.Id}", WebhookDeliveryView.Of(delivery));
}
