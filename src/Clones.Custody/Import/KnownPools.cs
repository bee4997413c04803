using Clones.Persistence;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody.Import;

/// <summary>
/// The pools and addresses that a line may meet: those in the database, asked for a batch at once, and those of earlier lines of the file, which a
/// dry run leaves out of the database.
/// </summary>
internal sealed class KnownPools(ClonesDbContext db)
{
    private readonly Dictionary<Guid, Known> byId = [];
    private readonly Dictionary<string, Guid> byAddress = new(StringComparer.Ordinal);

    /// <summary>Of the pools that earlier lines of the file told of: where people find what a later line contradicts.</summary>
    private readonly Dictionary<Guid, int> lineOf = [];

    public async Task LookUpAsync(IReadOnlyList<OldPool> pools, CancellationToken cancellationToken)
    {
        var ids = pools.Select(p => p.PoolId).ToList();
        var addresses = pools.Select(p => p.Deposit.ToString()).ToList();
        var there = await db
            .TrainingPools.Where(p => ids.Contains(p.Id))
            .Select(p => new
            {
                p.Id,
                p.OwnerAddress,
                Address = db.DepositWallets.Where(w => w.TrainingPoolId == p.Id).Select(w => w.Address).FirstOrDefault(),
            })
            .ToListAsync(cancellationToken);
        foreach (var pool in there)
        {
            byId[pool.Id] = new Known(pool.OwnerAddress, pool.Address);
        }

        var wallets = await db
            .DepositWallets.Where(w => addresses.Contains(w.Address))
            .Select(w => new { w.Address, w.TrainingPoolId })
            .ToListAsync(cancellationToken);
        foreach (var wallet in wallets)
        {
            byAddress[wallet.Address] = wallet.TrainingPoolId;
        }
    }

    /// <returns>Whether it is there already, just so.</returns>
    /// <exception cref="LineRejectedException">It is there with another address or owner, or its address is another pool's.</exception>
    public bool Has(OldPool pool)
    {
        var address = pool.Deposit.ToString();
        if (byId.TryGetValue(pool.PoolId, out var known))
        {
            return known.Address != address ? throw Contradicts(pool, "depositAddress", "deposit address")
                : known.Owner != pool.Owner.ToString() ? throw Contradicts(pool, "ownerAddress", "owner")
                : true;
        }
        return byAddress.TryGetValue(address, out var other)
            ? throw new LineRejectedException(
                "depositAddress",
                $"is the deposit wallet of another training pool, {other}{(lineOf.TryGetValue(other, out var line) ? $", in line {line}" : "")}"
            )
            : false;
    }

    /// <param name="lineNumber">That told of it, and was not rejected.</param>
    public void Add(OldPool pool, int lineNumber)
    {
        var address = pool.Deposit.ToString();
        byId[pool.PoolId] = new Known(pool.Owner.ToString(), address);
        byAddress[address] = pool.PoolId;
        lineOf.TryAdd(pool.PoolId, lineNumber);
    }

    private LineRejectedException Contradicts(OldPool pool, string field, string what) =>
        lineOf.TryGetValue(pool.PoolId, out var line)
            ? new LineRejectedException("_id", $"stands in line {line} already, with another {what}")
            : new LineRejectedException(field, $"the pool of this _id is here already, with another {what}");

    /// <param name="Address">Null where the pool has no wallet.</param>
    private sealed record Known(string Owner, string? Address);
}
