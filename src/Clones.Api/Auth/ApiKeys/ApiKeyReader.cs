using Clones.Domain;
using Clones.Domain.Access;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Auth.ApiKeys;

/// <summary>
/// Looks keys up, those of requests that come at the same time by one query. Nothing is remembered: a key that is revoked opens no request
/// that comes after.
/// </summary>
internal sealed class ApiKeyReader
{
    private const int KeysMax = 500;

    private readonly Coalescer<int, byte[], ApiKey?> together;

    public ApiKeyReader(IServiceScopeFactory scopes) =>
        together = new(
            async (_, hashes) =>
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
                var asked = hashes.DistinctBy(Convert.ToHexString).ToArray();
                var known = await db.ApiKeys.AsNoTracking().Where(k => asked.Contains(k.KeyHash) && k.RevokedAt == null).ToListAsync();
                var byHash = known.ToDictionary(k => Convert.ToHexString(k.KeyHash));
                return [.. hashes.Select(h => byHash.GetValueOrDefault(Convert.ToHexString(h)))];
            },
            KeysMax,
            _ => false
        );

    /// <returns>Null where it is unknown or revoked.</returns>
    public Task<ApiKey?> FindAsync(byte[] hash, CancellationToken cancellationToken) =>
        together.AddAsync(0, hash).WaitAsync(cancellationToken);
}
