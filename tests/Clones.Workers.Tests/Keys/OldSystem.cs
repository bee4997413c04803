using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Primitives;
using Clones.Workers.Keys;

namespace Clones.Workers.Tests.Keys;

/// <summary>Stores keys as the old system did: byte for byte what the vectors' script does with node:crypto.</summary>
internal static class OldSystem
{
    public static string Bare(Account account)
    {
        var secretKey = new byte[64];
        account.CopySecretKeyTo(secretKey);
        return Convert.ToBase64String(secretKey);
    }

    public static string Seal(string bare, string secret = TestKeys.Secret, string salt = TestKeys.Salt)
    {
        Span<byte> key = stackalloc byte[32];
        Scrypt.Derive(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(salt), key);
        var iv = RandomNumberGenerator.GetBytes(12);
        var plaintext = Encoding.UTF8.GetBytes(bare);
        var ciphertext = new byte[plaintext.Length];
        var tag = new byte[16];
        using var cipher = new AesGcm(key, 16);
        cipher.Encrypt(iv, plaintext, ciphertext, tag);
        return $"v1:{Convert.ToHexStringLower(iv)}:{Convert.ToHexStringLower(tag)}:{Convert.ToHexStringLower(ciphertext)}";
    }
}
