using Clones.Domain;
using Clones.Domain.Access;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Auth.ApiKeys;

/// <summary>
/// Looks keys up, those of requests that come at the same time by one query. A key that was found is remembered for a second;
/// <c>apikey revoke</c> waits as long, so that a key opens nothing once the command has ended.
/// </summary>
internal sealed class ApiKeyReader
{
    /// <summary>How long a key that was revoked may still open a request.</summary>
    public static readonly TimeSpan AgeMax = TimeSpan.FromSeconds(1);

    private const int KeysMax = 500;

    private readonly ShortMemory<string, ApiKey> remembered;
    private readonly Coalescer<int, string, ApiKey?> together;
    private readonly TimeProvider time;

    public ApiKeyReader(IServiceScopeFactory scopes, TimeProvider time)
    {
        this.time = time;
        remembered = new(AgeMax, time);
        together = new(
            async (_, hashes) =>
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
                var asked = hashes.Distinct().Select(Convert.FromHexString).ToArray();
                var known = await db.ApiKeys.AsNoTracking().Where(k => asked.Contains(k.KeyHash) && k.RevokedAt == null).ToListAsync();
                var byHash = known.ToDictionary(k => Convert.ToHexString(k.KeyHash));
                return [.. hashes.Select(byHash.GetValueOrDefault)];
            },
            KeysMax,
            _ => false
        );
    }

    /// <returns>Null where it is unknown or revoked.</returns>
    public async Task<ApiKey?> FindAsync(byte[] hash, CancellationToken cancellationToken)
    {
        var name = Convert.ToHexString(hash);
        if (!remembered.TryGet(name, out var key))
        {
            var at = time.GetTimestamp();
            key = await together.AddAsync(0, name).WaitAsync(cancellationToken);
            if (key is not null)
            {
                remembered.Put(name, key, at);
            }
        }
        return key;
    }
}
