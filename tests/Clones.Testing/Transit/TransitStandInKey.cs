using System.Security.Cryptography;

namespace Clones.Testing.Transit;

/// <summary>A named key of Transit with its versions. Ciphertexts are as Vault's: nonce, encrypted text, tag.</summary>
public sealed class TransitStandInKey
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly List<byte[]> versions = [];

    internal TransitStandInKey(string name, string type)
    {
        Name = name;
        Type = type;
        Rotate();
    }

    public string Name { get; }

    public string Type { get; }

    public bool Derived { get; init; }

    public bool Exportable { get; set; }

    public int LatestVersion => versions.Count;

    public int MinDecryptionVersion { get; set; } = 1;

    public int MinEncryptionVersion { get; set; }

    public bool HasAssociatedData => Type is "aes128-gcm96" or "aes256-gcm96" or "chacha20-poly1305";

    public void Rotate() => versions.Add(RandomNumberGenerator.GetBytes(Type == "aes128-gcm96" ? 16 : 32));

    internal string Encrypt(byte[] plaintext, byte[] associatedData)
    {
        var sealedBytes = new byte[NonceLength + plaintext.Length + TagLength];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        var ciphertext = sealedBytes.AsSpan(NonceLength, plaintext.Length);
        var tag = sealedBytes.AsSpan(NonceLength + plaintext.Length);
        RandomNumberGenerator.Fill(nonce);
        if (Type == "chacha20-poly1305")
        {
            using var cipher = new ChaCha20Poly1305(versions[^1]);
            cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }
        else
        {
            using var cipher = new AesGcm(versions[^1], TagLength);
            cipher.Encrypt(nonce, plaintext, ciphertext, tag, associatedData);
        }
        return $"vault:v{LatestVersion}:{Convert.ToBase64String(sealedBytes)}";
    }

    /// <returns>The plaintext, or Vault's error (sdk/helper/keysutil/policy.go).</returns>
    internal (byte[]? Plaintext, string? Error) Decrypt(string text, byte[] associatedData)
    {
        const string prefix = "vault:v";
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
        {
            return (null, "invalid ciphertext: no prefix");
        }
        var parts = text[prefix.Length..].Split(':', 2);
        if (parts.Length != 2)
        {
            return (null, "invalid ciphertext: wrong number of fields");
        }
        if (!int.TryParse(parts[0], out var version))
        {
            return (null, "invalid ciphertext: version number could not be decoded");
        }
        version = version == 0 ? 1 : version;
        if (version > LatestVersion)
        {
            return (null, "invalid ciphertext: version is too new");
        }
        if (version < MinDecryptionVersion)
        {
            return (null, "ciphertext or signature version is disallowed by policy (too old)");
        }
        var bytes = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], bytes, out var length))
        {
            return (null, "invalid ciphertext: could not decode base64");
        }
        return length < NonceLength + TagLength
            ? (null, "invalid ciphertext length")
            : Open(versions[version - 1], bytes.AsSpan(0, length), associatedData);
    }

    private (byte[]? Plaintext, string? Error) Open(byte[] key, ReadOnlySpan<byte> bytes, byte[] associatedData)
    {
        var plaintext = new byte[bytes.Length - NonceLength - TagLength];
        var ciphertext = bytes.Slice(NonceLength, plaintext.Length);
        try
        {
            if (Type == "chacha20-poly1305")
            {
                using var chacha = new ChaCha20Poly1305(key);
                chacha.Decrypt(bytes[..NonceLength], ciphertext, bytes[^TagLength..], plaintext, associatedData);
            }
            else
            {
                using var aes = new AesGcm(key, TagLength);
                aes.Decrypt(bytes[..NonceLength], ciphertext, bytes[^TagLength..], plaintext, associatedData);
            }
            return (plaintext, null);
        }
        catch (AuthenticationTagMismatchException)
        {
            // What the two ciphers of Go's library say.
            return (null, $"{(Type == "chacha20-poly1305" ? "chacha20poly1305" : "cipher")}: message authentication failed");
        }
    }
}
