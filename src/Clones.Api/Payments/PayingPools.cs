using Clones.Api.Tokens;
using Clones.Domain;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Payments;

/// <summary>What never changes of a training pool, once it has its deposit wallet.</summary>
/// <param name="Mint">Null for SOL.</param>
internal sealed record PayingPool(Guid Id, string OwnerAddress, string? Mint, bool HasWallet);

/// <summary>
/// Training pools and tokens for requests that pay. What is not remembered is read for all that come at the same time by one query. A pool
/// without a wallet is never remembered: the next request may find it.
/// </summary>
internal sealed class PayingPools
{
    private const int RequestsMax = 500;

    /// <summary>Bounds how many are remembered, no more: they do not change.</summary>
    private static readonly TimeSpan PoolAgeMax = TimeSpan.FromMinutes(1);

    /// <summary>A token that gets another symbol is shown with it this much later.</summary>
    private static readonly TimeSpan TokensAgeMax = TimeSpan.FromSeconds(1);

    private readonly ShortMemory<Guid, PayingPool> remembered;
    private readonly ShortMemory<bool, TokenCatalogue> catalogues;
    private readonly Coalescer<int, Guid, PayingPool?> pools;
    private readonly Coalescer<int, bool, TokenCatalogue> tokens;
    private readonly TimeProvider time;

    public PayingPools(IServiceScopeFactory scopes, TimeProvider time)
    {
        this.time = time;
        remembered = new(PoolAgeMax, time);
        catalogues = new(TokensAgeMax, time);
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
                            .Select(p => new PayingPool(p.Id, p.OwnerAddress, p.Mint, p.DepositWalletId != null))
                            .ToDictionaryAsync(p => p.Id);
                        return (IReadOnlyList<PayingPool?>)[.. ids.Select(id => rows.GetValueOrDefault(id))];
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
    public async Task<PayingPool?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (!remembered.TryGet(id, out var pool))
        {
            var at = time.GetTimestamp();
            pool = await pools.AddAsync(0, id).WaitAsync(cancellationToken);
            if (pool is { HasWallet: true })
            {
                remembered.Put(id, pool, at);
            }
        }
        return pool;
    }

    /// <param name="mint">Of a token that must be in it.</param>
    public async Task<TokenCatalogue> TokensAsync(string? mint, CancellationToken cancellationToken)
    {
        if (catalogues.TryGet(true, out var catalogue) && catalogue.All.Any(t => t.Mint == mint))
        {
            return catalogue;
        }
        var at = time.GetTimestamp();
        catalogue = await tokens.AddAsync(0, true).WaitAsync(cancellationToken);
        catalogues.Put(true, catalogue, at);
        return catalogue;
    }

    private static async Task<T> WithAsync<T>(IServiceScopeFactory scopes, Func<ClonesDbContext, Task<T>> read)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }
}
