using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Domain.Pools;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Pools;

internal static class PoolQueries
{
    /// <summary>Pools with the address of their deposit wallet. Of the wallet nothing else is read: its ciphertext has no business here.</summary>
    public static IQueryable<PoolRow> WithDepositAddress(this IQueryable<TrainingPool> pools, ClonesDbContext db) =>
        pools.Select(p => new PoolRow(p, db.DepositWallets.Where(w => w.Id == p.DepositWalletId).Select(w => w.Address).FirstOrDefault()));

    /// <exception cref="ProblemException">There is no such pool, or the caller may not know of it.</exception>
    public static async Task<PoolRow> FindPoolAsync(this ClonesDbContext db, Guid id, Caller caller, CancellationToken cancellationToken)
    {
        var row = await db
            .TrainingPools.AsNoTracking()
            .Where(p => p.Id == id)
            .WithDepositAddress(db)
            .FirstOrDefaultAsync(cancellationToken);
        return row is not null && caller.MayRead(row.Pool.OwnerAddress) ? row : throw new ProblemException(Problem.NotFound);
    }

    /// <summary>For what was paid out of a pool: its owner sees that of their own, a key that may read payments that of all.</summary>
    /// <exception cref="ProblemException">There is no such pool, or the caller may not know of it.</exception>
    public static async Task<TrainingPool> FindPaidPoolAsync(
        this ClonesDbContext db,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var pool = await db.TrainingPools.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, cancellationToken);
        return pool is not null && (caller.Wallet is null || caller.Owns(pool.OwnerAddress))
            ? pool
            : throw new ProblemException(Problem.NotFound);
    }

    /// <summary>Tracked, to be changed.</summary>
    /// <exception cref="ProblemException">There is no such pool, or it is not the caller's.</exception>
    public static async Task<TrainingPool> FindOwnPoolAsync(
        this ClonesDbContext db,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    )
    {
        var pool = await db.TrainingPools.FirstOrDefaultAsync(p => p.Id == id, cancellationToken);
        return pool is not null && caller.Owns(pool.OwnerAddress) ? pool : throw new ProblemException(Problem.NotFound);
    }
}
