using System.Text;
using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Persistence;
using Clones.Testing.Growth;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Clones.EndToEnd.Tests;

/// <summary>The private keys that the system holds, opened with the master key of the test: what must be found nowhere.</summary>
internal static class StoredKeys
{
    public static Task<IReadOnlyList<byte[]>> OpenAllAsync(RunningSystem system) =>
        OpenAllAsync(
            system.UnloggedDatabase,
            new ConfigurationBuilder().AddInMemoryCollection(system.KeyEncryption).Build(),
            address => !GrownDatabase.HasMade(address)
        );

    /// <param name="isWanted">Says of an address whether its key is.</param>
    public static async Task<IReadOnlyList<byte[]>> OpenAllAsync(string database, IConfiguration configuration, Func<string, bool> isWanted)
    {
        using var ring = KeyRing.Load(configuration);
        await using var db = ClonesDbContextOptions.Open(database);

        var keys = new List<byte[]>();
        foreach (var wallet in (await db.DepositWallets.Include(w => w.Key).ToListAsync()).Where(w => isWanted(w.Address)))
        {
            keys.Add(Open(wallet.Key!.EncryptedPrivateKey, KeyBinding.OfWallet(wallet.Id, wallet.Address), ring));
        }
        foreach (var mint in (await db.MintKeys.ToListAsync()).Where(m => isWanted(m.Mint)))
        {
            keys.Add(Open(mint.EncryptedPrivateKey, KeyBinding.OfMint(mint.AgentId, mint.Mint), ring));
        }
        return keys;
    }

    private static byte[] Open(string stored, KeyBinding binding, KeyRing ring)
    {
        var secretKey = new byte[64];
        var bytes = Encoding.UTF8.GetBytes(stored);
        SecretKeyCodec.Open(StoredKey.Parse(bytes, binding), bytes, binding, ring, secretKey);
        return secretKey;
    }
}
