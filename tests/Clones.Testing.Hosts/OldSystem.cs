using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Clones.Custody;
using Clones.Solana.Primitives;

namespace Clones.Testing.Hosts;

/// <summary>Stores keys as the old system did: byte for byte what the vectors' script does with node:crypto.</summary>
internal static class OldSystem
{
    // scrypt takes 60 ms and more, and some tests store hundreds of keys.
    private static readonly ConcurrentDictionary<(string Secret, string Salt), byte[]> Keys = new();

    public static string Bare(Account account)
    {
        var secretKey = new byte[64];
        account.CopySecretKeyTo(secretKey);
        return Convert.ToBase64String(secretKey);
    }

    public static string Seal(string bare, string secret = TestKeys.Secret, string salt = TestKeys.Salt)
    {
        var key = Keys.GetOrAdd((secret, salt), Derive);
        var iv = RandomNumberGenerator.GetBytes(12);
        var plaintext = Encoding.UTF8.GetBytes(bare);
        var ciphertext = new byte[plaintext.Length];
        var tag = new byte[16];
        using var cipher = new AesGcm(key, 16);
        cipher.Encrypt(iv, plaintext, ciphertext, tag);
        return $"v1:{Convert.ToHexStringLower(iv)}:{Convert.ToHexStringLower(tag)}:{Convert.ToHexStringLower(ciphertext)}";
    }

    private static byte[] Derive((string Secret, string Salt) source)
    {
        var key = new byte[Scrypt.KeyLength];
        Scrypt.Derive(Encoding.UTF8.GetBytes(source.Secret), Encoding.UTF8.GetBytes(source.Salt), key);
        return key;
    }
}
