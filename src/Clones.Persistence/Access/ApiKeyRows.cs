using Clones.Domain.Access;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Access;

public static class ApiKeyRows
{
    /// <summary>Several processes start at once, and one of them stores it. A key that was revoked is valid again.</summary>
    public static Task StoreAsync(this ClonesDbContext db, ApiKey key, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO api_keys (id, name, key_hash, scopes, created_at)
            VALUES ({key.Id}, {key.Name}, {key.KeyHash}, {key.Scopes}, {key.CreatedAt})
            ON CONFLICT (key_hash) DO UPDATE SET name = excluded.name, scopes = excluded.scopes, revoked_at = NULL
            """,
            cancellationToken
        );
}
