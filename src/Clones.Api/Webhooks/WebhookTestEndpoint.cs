using System.Text.Json.Nodes;
using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Domain.Webhooks;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

internal static class WebhookTestEndpoint
{
    /// <summary>Nobody needs a heap of them, and each is a request to somebody's server.</summary>
    private const int PendingMax = 5;

    public static void MapWebhookTest(this IEndpointRouteBuilder webhooks) =>
        webhooks
            .MapPost("/{id}/test", TestAsync)
            .WithName("testWebhook")
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithSummary("Send the event webhook.test, whatever the filter")
            .WithProblems(400, 401, 403, 404, 409);

    private static async Task<Accepted<WebhookDeliveryView>> TestAsync(
        Guid id,
        Caller caller,
        ClonesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindWebhookAsync(id, caller, cancellationToken);
        if (!endpoint.IsEnabled)
        {
            throw WebhookQueries.Disabled();
        }

        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockOwnerAsync(endpoint.OwnerAddress, cancellationToken);
        var waiting = await db.WebhookDeliveries.CountAsync(
            d => d.EndpointId == id && d.Status == WebhookDeliveryStatus.Pending && d.EventType == WebhookEventType.Test,
            cancellationToken
        );
        if (waiting >= PendingMax)
        {
            throw new ProblemException(
                new Problem(409, ProblemCode.WebhookTestsPending, $"{waiting} tests have not been delivered yet; check the deliveries.")
            );
        }

        var now = time.GetUtcNow();
        var delivery = new WebhookDelivery
        {
            Id = Guid.CreateVersion7(now),
            EndpointId = endpoint.Id,
            EventId = Guid.CreateVersion7(now),
            EventType = WebhookEventType.Test,
            Body = WebhookBody.Of(WebhookEventType.Test, now, new JsonObject { ["endpointId"] = endpoint.Id }),
            Status = WebhookDeliveryStatus.Pending,
            NextAttemptAt = now,
            GiveUpAt = now + WebhookDelivery.TriedFor,
            CreatedAt = now,
        };
        db.WebhookDeliveries.Add(delivery);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return WebhookReplayEndpoint.Accepted(delivery);
    }
}
