using System.Text;
using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Npgsql;

namespace Clones.Workers.Tests.Sweep;

/// <summary>A wallet to be swept, with what its stored text must open to.</summary>
internal sealed record SweptWallet(Guid Id, string Address, byte[] SecretKey, string Stored)
{
    public KeyBinding Binding => KeyBinding.OfWallet(Id, Address);

    /// <param name="store">Makes the stored text of the key.</param>
    public static SweptWallet Make(Func<byte[], KeyBinding, string> store)
    {
        using var account = Account.Generate();
        var secretKey = new byte[Account.SecretKeyLength];
        account.CopySecretKeyTo(secretKey);
        var (id, address) = (Guid.CreateVersion7(), account.PublicKey.ToString());
        return new SweptWallet(id, address, secretKey, store(secretKey, KeyBinding.OfWallet(id, address)));
    }

    public static string Plaintext(byte[] secretKey, KeyBinding binding) => Convert.ToBase64String(secretKey);
}

/// <summary>Puts wallets with their pools into a database, and sees what became of them.</summary>
internal sealed class SweptWallets(string database)
{
    public async Task InsertAsync(IReadOnlyList<SweptWallet> wallets)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            WITH new AS (SELECT * FROM unnest($1, $2, $3) AS n (id, address, stored)),
            pools AS (
                INSERT INTO training_pools (id, owner_address, name, skills, deposit_wallet_id, token_symbol, price_per_demo, status, created_at, updated_at)
                SELECT id, address, 'Pool of a test', '{}', id, 'SOL', 1, 'NO_FUNDS', now(), now() FROM new)
            INSERT INTO deposit_wallets (id, training_pool_id, address, encrypted_private_key, settled_slot, created_at)
            SELECT id, id, address, stored, 0, now() - interval '30 days' FROM new
            """,
            connection
        );
        command.Parameters.Add(new NpgsqlParameter { Value = wallets.Select(w => w.Id).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = wallets.Select(w => w.Address).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = wallets.Select(w => w.Stored).ToArray() });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Each of them is under this master key, and opens to the secret key that it had.</summary>
    public async Task ShouldOpenUnderAsync(string masterKey, KeyRing ring, IEnumerable<SweptWallet> wallets)
    {
        var stored = await StoredAsync();
        var secretKey = new byte[Account.SecretKeyLength];
        foreach (var wallet in wallets)
        {
            Codec.Open(stored[wallet.Id], wallet.Binding, ring, secretKey).ShouldBe(masterKey);
            secretKey.ShouldBe(wallet.SecretKey);
        }
    }

    public async Task<Dictionary<Guid, string>> StoredAsync()
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            "SELECT id, convert_to(encrypted_private_key, 'UTF8') FROM deposit_wallets",
            connection
        );
        await using var reader = await command.ExecuteReaderAsync();
        var stored = new Dictionary<Guid, string>();
        while (await reader.ReadAsync())
        {
            stored.Add(reader.GetGuid(0), Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(1)));
        }
        return stored;
    }
}
