using Clones.Domain.Webhooks;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>
/// Takes due deliveries. A lease keeps workers apart; where one dies, the lease runs out and another takes the delivery over. Owners take turns,
/// so that nobody waits for all of somebody else's endpoints.
/// </summary>
internal sealed class WebhookClaims(IServiceScopeFactory scopes, WebhookSlowEndpoints slowOnes, WebhookOptions options, TimeProvider time)
{
    /// <param name="failing">Those of endpoints whose last attempt failed or took long, or of all others.</param>
    /// <param name="count">At most.</param>
    public async Task<List<DueWebhook>> TakeAsync(bool failing, int count, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var now = time.GetUtcNow();
        if (!await IsAnythingDueAsync(db, now, cancellationToken))
        {
            return [];
        }
        var claim = new WebhookClaim(
            failing,
            slowOnes.Now(),
            failing ? 1 : options.AtOncePerEndpoint,
            options.AtOncePerOwner,
            count,
            now + options.Lease
        );
        return await db.ClaimDeliveriesAsync(claim, now, cancellationToken);
    }

    /// <summary>Cheap, for the many passes that find nothing; what is held for disabled endpoints is not read.</summary>
    private static Task<bool> IsAnythingDueAsync(ClonesDbContext db, DateTimeOffset now, CancellationToken cancellationToken) =>
        db
            .WebhookEndpoints.Where(e => e.IsEnabled && e.DeletedAt == null)
            .AnyAsync(
                e =>
                    db.WebhookDeliveries.Any(d =>
                        d.EndpointId == e.Id && d.Status == WebhookDeliveryStatus.Pending && d.NextAttemptAt <= now
                    ),
                cancellationToken
            );
}
