using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

internal static class CreateWebhookEndpoint
{
    /// <summary>Each event is sent to each of them.</summary>
    public const int PerOwnerMax = 20;

    public static void MapWebhookCreation(this IEndpointRouteBuilder webhooks) =>
        webhooks
            .MapPost("/", CreateAsync)
            .WithName("createWebhook")
            .RequireAuthorization(Policies.Owner)
            .WithSummary("Register a webhook; its secret is shown by this answer alone")
            .WithProblems(400, 401, 403, 409);

    private static async Task<Created<WebhookView>> CreateAsync(
        CreateWebhookRequest body,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        WebhookSettings settings,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var endpoint = Parse(body, caller, settings, time.GetUtcNow());
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.LockOwnerAsync(endpoint.OwnerAddress, cancellationToken);
        var there = await db.WebhookEndpoints.CountAsync(
            e => e.OwnerAddress == endpoint.OwnerAddress && e.DeletedAt == null,
            cancellationToken
        );
        if (there >= PerOwnerMax)
        {
            throw new ProblemException(
                new Problem(409, ProblemCode.WebhookLimitReached, $"An owner has at most {PerOwnerMax} webhooks; delete one.")
            );
        }

        db.WebhookEndpoints.Add(endpoint);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);

        EntityTag.Write(context, $"{endpoint.Version}");
        context.Response.Headers.CacheControl = "no-store";
        var secret = settings.Secrets.Show(endpoint.Id, endpoint.SecretGeneration);
        return TypedResults.Created($"/v1/webhooks/{endpoint.Id}", WebhookView.Of(endpoint, time.GetUtcNow(), secret));
    }

    private static WebhookEndpoint Parse(CreateWebhookRequest body, Caller caller, WebhookSettings settings, DateTimeOffset now)
    {
        var fields = new Fields();
        var url = fields.WebhookAddress(body.Url, settings);
        var description = fields.OptionalText<WebhookDescription>("description", body.Description);
        var types = fields.Take("eventTypes", WebhookEventTypes.Parse(body.EventTypes));
        fields.ThrowIfRejected();
        return new WebhookEndpoint
        {
            Id = Guid.CreateVersion7(now),
            OwnerAddress = caller.OwnWallet().ToString(),
            Url = url,
            Description = description?.Value,
            EventTypes = types.Values,
            IsEnabled = body.Enabled ?? true,
            SecretGeneration = 1,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
    }
}
