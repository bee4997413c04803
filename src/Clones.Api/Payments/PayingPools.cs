using Clones.Api.Pools;
using Clones.Api.Tokens;
using Clones.Domain;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Payments;

/// <summary>Training pools and tokens for requests that pay: for all that come at the same time by one query each. Nothing is remembered.</summary>
internal sealed class PayingPools
{
    private const int RequestsMax = 500;

    private readonly Coalescer<int, Guid, PoolRow?> pools;
    private readonly Coalescer<int, bool, TokenCatalogue> tokens;

    public PayingPools(IServiceScopeFactory scopes)
    {
        pools = new(
            (_, ids) =>
                WithAsync(
                    scopes,
                    async db =>
                    {
                        var asked = ids.Distinct().ToArray();
                        var rows = await db
                            .TrainingPools.AsNoTracking()
                            .Where(p => asked.Contains(p.Id))
                            .WithDepositAddress(db)
                            .ToDictionaryAsync(row => row.Pool.Id);
                        return (IReadOnlyList<PoolRow?>)[.. ids.Select(id => rows.GetValueOrDefault(id))];
                    }
                ),
            RequestsMax,
            _ => false
        );
        tokens = new(
            (_, asked) =>
                WithAsync(
                    scopes,
                    async db =>
                    {
                        var catalogue = await TokenCatalogue.ReadAsync(db, CancellationToken.None);
                        return (IReadOnlyList<TokenCatalogue>)[.. asked.Select(_ => catalogue)];
                    }
                ),
            RequestsMax,
            _ => false
        );
    }

    /// <returns>Null where there is no such pool.</returns>
    public Task<PoolRow?> FindAsync(Guid id, CancellationToken cancellationToken) => pools.AddAsync(0, id).WaitAsync(cancellationToken);

    public Task<TokenCatalogue> TokensAsync(CancellationToken cancellationToken) => tokens.AddAsync(0, true).WaitAsync(cancellationToken);

    private static async Task<T> WithAsync<T>(IServiceScopeFactory scopes, Func<ClonesDbContext, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }
}
