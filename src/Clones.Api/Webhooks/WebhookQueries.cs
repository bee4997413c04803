using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Domain.Webhooks;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Webhooks;

internal static class WebhookQueries
{
    /// <summary>An owner sees their own endpoints, a key with scope ops all of them.</summary>
    public static IQueryable<WebhookEndpoint> Readable(this ClonesDbContext db, Caller caller)
    {
        var endpoints = db.WebhookEndpoints.AsNoTracking().Where(e => e.DeletedAt == null);
        return caller.Wallet?.ToString() is { } owner ? endpoints.Where(e => e.OwnerAddress == owner) : endpoints;
    }

    /// <exception cref="ProblemException">There is no such endpoint, or the caller may not know of it.</exception>
    public static async Task<WebhookEndpoint> FindWebhookAsync(
        this ClonesDbContext db,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    ) => await db.Readable(caller).FirstOrDefaultAsync(e => e.Id == id, cancellationToken) ?? throw new ProblemException(Problem.NotFound);

    /// <summary>Tracked, to be changed.</summary>
    /// <exception cref="ProblemException">There is no such endpoint, or it is not the caller's.</exception>
    public static async Task<WebhookEndpoint> FindOwnWebhookAsync(
        this ClonesDbContext db,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var endpoint = await db.WebhookEndpoints.FirstOrDefaultAsync(e => e.Id == id && e.DeletedAt == null, cancellationToken);
        return endpoint is not null && caller.Owns(endpoint.OwnerAddress) ? endpoint : throw new ProblemException(Problem.NotFound);
    }

    /// <exception cref="ProblemException">There is no such delivery to this endpoint, or the caller may not know of it.</exception>
    public static async Task<WebhookDelivery> FindDeliveryAsync(
        this ClonesDbContext db,
        Guid endpointId,
        Guid id,
        CancellationToken cancellationToken
    ) =>
        await db.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(d => d.Id == id && d.EndpointId == endpointId, cancellationToken)
        ?? throw new ProblemException(Problem.NotFound);

    public static ProblemException Disabled() =>
        new(new Problem(409, ProblemCode.WebhookDisabled, "The webhook is disabled; enable it first (PATCH with \"enabled\": true)."));
}
