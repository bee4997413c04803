using System.Collections.Frozen;
using System.Security.Cryptography;
using Clones.Persistence.Messaging.Hosting;

namespace Clones.Workers.Keys;

/// <summary>
/// The master keys by version, derived once at start (scrypt takes about 60 ms each), held in pinned memory and wiped at shutdown.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private readonly FrozenDictionary<int, byte[]> keys;

    private KeyRing(Dictionary<int, byte[]> keys, int latest)
    {
        this.keys = keys.ToFrozenDictionary();
        Latest = latest;
    }

    /// <summary>The version that new ciphertexts are written under.</summary>
    public int Latest { get; }

    public bool Knows(int version) => keys.ContainsKey(version);

    /// <exception cref="KeyNotFoundException">The version is not configured.</exception>
    public AesGcm Cipher(int version) => new(keys[version], SecretKeyCodec.TagLength);

    /// <exception cref="ConfigurationMissingException">A secret is missing or too weak; says which to set.</exception>
    public static KeyRing Load(IConfiguration configuration)
    {
        var sources = KeySource.ReadAll(configuration, out var latest);
        var keys = new Dictionary<int, byte[]>();
        foreach (var source in sources)
        {
            // Pinned: the collector must not leave copies behind when it moves things.
            var key = GC.AllocateUninitializedArray<byte>(Scrypt.KeyLength, pinned: true);
            Scrypt.Derive(source.Secret, source.Salt, key);
            keys.Add(source.Version, key);
        }
        return new KeyRing(keys, latest);
    }

    public void Dispose()
    {
        foreach (var key in keys.Values)
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
