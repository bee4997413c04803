using Clones.Domain.Keys;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody;

/// <summary>What is stored under each master key, and how much each has encrypted.</summary>
/// <param name="MasterKey">See <see cref="MasterKeyName"/>.</param>
/// <param name="Wallets">Keys of deposit wallets under it now.</param>
/// <param name="Mints">Keys of mints under it now.</param>
/// <param name="Encryptions">Since the log of the keys began. An encryption that was never committed (a crash) is not among them.</param>
internal sealed record KeyCensusLine(string MasterKey, long Wallets, long Mints, long Encryptions);

internal sealed class KeyInventory(ClonesDbContext db)
{
    public async Task<IReadOnlyList<KeyCensusLine>> ReadAsync(CancellationToken cancellationToken)
    {
        var wallets = await CountAsync(db.DepositWalletKeys.Select(k => k.MasterKey!), cancellationToken);
        var mints = await CountAsync(db.MintKeys.Select(k => k.MasterKey!), cancellationToken);
        var encryptions = await EncryptionsAsync(cancellationToken);
        return
        [
            .. wallets
                .Keys.Union(mints.Keys)
                .Union(encryptions.Keys)
                .Order(StringComparer.Ordinal)
                .Select(k => new KeyCensusLine(
                    k,
                    wallets.GetValueOrDefault(k),
                    mints.GetValueOrDefault(k),
                    encryptions.GetValueOrDefault(k)
                )),
        ];
    }

    public Task<Dictionary<string, long>> EncryptionsAsync(CancellationToken cancellationToken) =>
        CountAsync(db.KeyEvents.Where(e => e.ToKey != null).Select(e => e.ToKey!), cancellationToken);

    public Task<long> FailuresSinceAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        db.KeyEvents.LongCountAsync(e => e.Kind == KeyEventKind.Failed && e.OccurredAt >= since, cancellationToken);

    private static Task<Dictionary<string, long>> CountAsync(IQueryable<string> names, CancellationToken cancellationToken) =>
        names
            .GroupBy(n => n)
            .Select(g => new { g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
}
