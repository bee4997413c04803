using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

internal static class WebhookEndpoints
{
    public static void MapWebhooks(this IEndpointRouteBuilder v1)
    {
        var webhooks = v1.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks
            .MapGet("/", ListAsync)
            .WithName("listWebhooks")
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithPages()
            .WithSummary("Webhooks, newest first")
            .WithProblems(400, 401, 403);
        webhooks
            .MapGet("/{id}", GetAsync)
            .WithName("getWebhook")
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithSummary("One webhook")
            .WithProblems(400, 401, 403, 404);
        webhooks
            .MapDelete("/{id}", DeleteAsync)
            .WithName("deleteWebhook")
            .RequireAuthorization(Policies.Owner)
            .WithSummary("Delete a webhook: nothing is sent to it any more")
            .WithProblems(400, 401, 403, 404, 412);
        webhooks.MapWebhookCreation();
        webhooks.MapWebhookChange();
        webhooks.MapWebhookSecret();
        webhooks.MapWebhookDeliveries();
        webhooks.MapWebhookReplay();
        webhooks.MapWebhookTest();
    }

    private static async Task<Ok<Page<WebhookView>>> ListAsync(
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var query = PageQuery.Read(context, sealer);
        var rows = await query.Newest(db.Readable(caller), e => e.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(query.ToPage(rows, e => e.Id, e => WebhookView.For(caller, e, time.GetUtcNow()), sealer));
    }

    private static async Task<Ok<WebhookView>> GetAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindWebhookAsync(id, caller, cancellationToken);
        EntityTag.Write(context, $"{endpoint.Version}");
        return TypedResults.Ok(WebhookView.For(caller, endpoint, time.GetUtcNow()));
    }

    private static async Task<NoContent> DeleteAsync(
        Guid id,
        Caller caller,
        ClonesDbContext db,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.FindOwnWebhookAsync(id, caller, cancellationToken);
        endpoint.DeletedAt = endpoint.UpdatedAt = time.GetUtcNow();
        endpoint.Version++;
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}
