using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

internal static class WebhookReplayEndpoint
{
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
            throw WebhookQueries.Disabled();
        var now = time.GetUtcNow();
        // One that is being sent this moment is left to its worker; a replay of it is no second one.
        await db
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
        return Accepted(await db.FindDeliveryAsync(endpoint.Id, deliveryId, cancellationToken));
    }

    public static Accepted<WebhookDeliveryView> Accepted(WebhookDelivery delivery) =>
        TypedResults.Accepted($"/v1/webhooks/{delivery.EndpointId}/deliveries/{delivery.Id}", WebhookDeliveryView.Of(delivery));
}
