using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain;
using Clones.Domain.Webhooks;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

/// <summary>What was sent to an endpoint, and what came of it.</summary>
internal static class WebhookDeliveryEndpoints
{
    /// <summary>The last ones; replays may have made many more.</summary>
    private const int AttemptsShown = 100;

    public static void MapWebhookDeliveries(this IEndpointRouteBuilder webhooks)
    {
        webhooks
            .MapGet("/{id}/deliveries", ListAsync)
            .WithName("listWebhookDeliveries")
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithPages(
                new QueryParameter(
                    "status",
                    "In this status.",
                    Values: [.. Enum.GetValues<WebhookDeliveryStatus>().Select(s => UpperSnakeCase.From(s))]
                )
            )
            .WithSummary("Deliveries to a webhook, newest first")
            .WithProblems(400, 401, 403, 404);
        webhooks
            .MapGet("/{id}/deliveries/{deliveryId}", GetAsync)
            .WithName("getWebhookDelivery")
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithSummary("One delivery, with its body and its attempts")
            .WithProblems(400, 401, 403, 404);
    }

    private static async Task<Ok<Page<WebhookDeliveryView>>> ListAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindWebhookAsync(id, caller, cancellationToken);
        var query = PageQuery.Read(context, sealer, "status");
        var deliveries = db.WebhookDeliveries.AsNoTracking().Where(d => d.EndpointId == endpoint.Id);
        if (StatusOf(context.Request.Query) is { } status)
        {
            deliveries = deliveries.Where(d => d.Status == status);
        }

        var rows = await query.Newest(deliveries, d => d.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(query.ToPage(rows, d => d.Id, WebhookDeliveryView.Of, sealer));
    }

    private static async Task<Ok<WebhookDeliveryDetail>> GetAsync(
        Guid id,
        Guid deliveryId,
        Caller caller,
        ClonesDbContext db,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindWebhookAsync(id, caller, cancellationToken);
        var delivery = await db.FindDeliveryAsync(endpoint.Id, deliveryId, cancellationToken);
        var attempts = await db
            .WebhookAttempts.AsNoTracking()
            .Where(a => a.DeliveryId == delivery.Id)
            .OrderByDescending(a => a.Number)
            .Take(AttemptsShown)
            .ToListAsync(cancellationToken);
        var isOwner = caller.Owns(endpoint.OwnerAddress);
        var shown = attempts.OrderBy(a => a.Number).Select(a => WebhookAttemptView.Of(a, isOwner));
        return TypedResults.Ok(new WebhookDeliveryDetail(WebhookDeliveryView.Of(delivery), delivery.Body, [.. shown]));
    }

    private static WebhookDeliveryStatus? StatusOf(IQueryCollection query)
    {
        if (!query.TryGetValue("status", out var name))
        {
            return null;
        }
        // Looked up among the names: a parser of enums would take numbers as well.
        var known = Enum.GetValues<WebhookDeliveryStatus>().Where(s => UpperSnakeCase.From(s) == name).ToList();
        return known is [var one] ? one : throw new ProblemException(Problem.Field("status", "is not a status of deliveries"));
    }
}
