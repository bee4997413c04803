using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Testing.Hosts;

/// <summary>What happens to a stored key in a database that somebody can write to.</summary>
public enum Damage
{
    /// <summary>Said to be under a master key that nobody has.</summary>
    OtherVersion,

    /// <summary>One digit of the ciphertext is another.</summary>
    FlippedDigit,

    /// <summary>The ciphertext of another wallet, and that one has this one's.</summary>
    Exchanged,
}

internal static class DamagedKeys
{
    /// <returns>What was stored before, by wallet, to put it back.</returns>
    public static async Task<IReadOnlyDictionary<Guid, string>> DamageAsync(ClonesDbContext db, Damage damage, Guid wallet, Guid other)
    {
        var before = await db
            .DepositWalletKeys.AsNoTracking()
            .Where(k => k.WalletId == wallet || k.WalletId == other)
            .ToDictionaryAsync(k => k.WalletId, k => k.EncryptedPrivateKey);
        switch (damage)
        {
            case Damage.OtherVersion:
                await StoreAsync(db, wallet, before[wallet].Replace("k1:1:", "k1:9:", StringComparison.Ordinal));
                break;
            case Damage.FlippedDigit:
                await StoreAsync(db, wallet, before[wallet][..^1] + (before[wallet][^1] == '0' ? '1' : '0'));
                break;
            default:
                await StoreAsync(db, wallet, before[other]);
                await StoreAsync(db, other, before[wallet]);
                break;
        }
        return before;
    }

    public static async Task RepairAsync(ClonesDbContext db, IReadOnlyDictionary<Guid, string> before)
    {
        foreach (var (wallet, stored) in before)
        {
            await StoreAsync(db, wallet, stored);
        }
    }

    private static Task StoreAsync(ClonesDbContext db, Guid wallet, string stored) =>
        db.Database.ExecuteSqlAsync($"UPDATE deposit_wallets SET encrypted_private_key = {stored} WHERE id = {wallet}");
}
