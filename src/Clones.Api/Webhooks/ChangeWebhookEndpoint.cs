using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Webhooks;

internal static class ChangeWebhookEndpoint
{
    public static void MapWebhookChange(this IEndpointRouteBuilder webhooks) =>
        webhooks
            .MapPatch("/{id}", ChangeAsync)
            .WithName("changeWebhook")
            .RequireAuthorization(Policies.Owner)
            .WithSummary("Change, disable or enable a webhook")
            .WithProblems(400, 401, 403, 404, 412, 428);

    private static async Task<Ok<WebhookView>> ChangeAsync(
        Guid id,
        ChangeWebhookRequest body,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        WebhookSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindOwnWebhookAsync(id, caller, cancellationToken);
        EntityTag.Require(context, $"{endpoint.Version}");
        Apply(body, endpoint, settings);
        endpoint.UpdatedAt = time.GetUtcNow();
        endpoint.Version++;
        await db.SaveChangesAsync(cancellationToken);
        EntityTag.Write(context, $"{endpoint.Version}");
        return TypedResults.Ok(WebhookView.Of(endpoint, time.GetUtcNow()));
    }

    private static void Apply(ChangeWebhookRequest body, WebhookEndpoint endpoint, WebhookSettings settings)
    {
        var fields = new Fields();
        if (body.Url.IsGiven)
        {
            endpoint.Url = fields.WebhookAddress(body.Url.Value, settings);
        }

        if (body.Description.IsGiven)
        {
            endpoint.Description = fields.OptionalText<WebhookDescription>("description", body.Description.Value)?.Value;
        }

        if (body.EventTypes.IsGiven)
        {
            endpoint.EventTypes = fields.Take("eventTypes", WebhookEventTypes.Parse(body.EventTypes.Value)).Values;
        }

        if (body.Enabled.IsGiven)
        {
            endpoint.IsEnabled = body.Enabled.Value ?? fields.Reject<bool>("enabled", "must be true or false");
            endpoint.DisabledReason = null;
        }
        fields.ThrowIfRejected();
        // Its failures so far do not count any more.
        if (body.Url.IsGiven || body.Enabled.IsGiven)
        {
            endpoint.ConsecutiveFailures = 0;
        }
    }
}
