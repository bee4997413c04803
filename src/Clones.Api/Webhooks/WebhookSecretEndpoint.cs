using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Webhooks;

internal static class WebhookSecretEndpoint
{
    public static void MapWebhookSecret(this IEndpointRouteBuilder webhooks) =>
        webhooks
            .MapPost("/{id}/secret", RotateAsync)
            .WithName("rotateWebhookSecret")
            .RequireAuthorization(Policies.Owner)
            .WithSummary("A new secret, shown by this answer alone; the one before signs beside it for 24 hours")
            .WithProblems(400, 401, 403, 404, 412);

    private static async Task<Ok<WebhookView>> RotateAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        WebhookSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        var endpoint = await db.FindOwnWebhookAsync(id, caller, cancellationToken);
        endpoint.SecretGeneration++;
        endpoint.PreviousSecretUntil = now + WebhookSecrets.PreviousSignsFor;
        endpoint.UpdatedAt = now;
        endpoint.Version++;
        // Two at once: one of them gets 412, and no secret that is not the endpoint's is ever shown.
        await db.SaveChangesAsync(cancellationToken);
        EntityTag.Write(context, $"{endpoint.Version}");
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(WebhookView.Of(endpoint, now, settings.Secrets.Show(id, endpoint.SecretGeneration)));
    }
}
