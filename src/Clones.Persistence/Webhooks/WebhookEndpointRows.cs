using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Webhooks;

public static class WebhookEndpointRows
{
    /// <summary>Until the end of the database transaction: many requests of an owner at once are counted one after the other.</summary>
    public static Task LockOwnerAsync(this ClonesDbContext db, string ownerAddress, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({ownerAddress}, 20261125))", cancellationToken);
}
