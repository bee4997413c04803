using System.Text.Json;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;

namespace Clones.Custody.Tests;

public sealed class KeyVectorsTests
{
    [Fact]
    public void What_the_old_system_stored_opens_in_all_its_forms()
    {
        var file = File.ReadAllText(Repository.PathOf("tests", "Clones.Custody.Tests", "Vectors", "key-vectors.json"));
        using var json = JsonDocument.Parse(file);
        var masters = json.RootElement.GetProperty("masters");
        using var ring = KeyRing.Load(
            TestKeys.Configuration(
                ("DEPOSIT_KEY_ENCRYPTION_SECRET", masters[0].GetProperty("secret").GetString()!),
                ("DEPOSIT_KEY_ENCRYPTION_SALT", masters[0].GetProperty("salt").GetString()!),
                ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", masters[1].GetProperty("secret").GetString()!),
                ("DEPOSIT_KEY_ENCRYPTION_SALT_V2", masters[1].GetProperty("salt").GetString()!)
            )
        );
        var opened = 0;
        foreach (var vector in json.RootElement.GetProperty("vectors").EnumerateArray())
        {
            var expected = vector.GetProperty("secretKeyHex").GetString();
            var address = new PublicKey(Convert.FromHexString(vector.GetProperty("publicKeyHex").GetString()!)).ToString();
            var binding = KeyBinding.OfWallet(Guid.NewGuid(), address);
            string[] stored =
            [
                vector.GetProperty("bare").GetString()!,
                .. vector.GetProperty("sealed").EnumerateArray().Select(s => s.GetString()!),
            ];
            for (var version = 0; version < stored.Length; version++)
            {
                var secretKey = new byte[64];
                Codec.Open(stored[version], binding, ring, secretKey).ShouldBe(version == 0 ? "plaintext" : $"v{version}-unbound");
                Convert.ToHexStringLower(secretKey).ShouldBe(expected);
                using var account = Account.FromSecretKey(secretKey);
                account.PublicKey.ToString().ShouldBe(address);
                opened++;
            }
        }
        opened.ShouldBe(60);
    }
}
