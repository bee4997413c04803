using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Clones.Hosting;
using Clones.Persistence.Keys;

namespace Clones.Custody;

/// <summary>
/// The master keys by version, derived once (scrypt takes about 60 ms each), held in pinned memory and wiped when it is disposed.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private readonly FrozenDictionary<int, PinnedBytes> keys;
    private readonly Lock gate = new();
    private bool isWiped;

    private KeyRing(Dictionary<int, PinnedBytes> keys, int latest, int minVersion)
    {
        this.keys = keys.ToFrozenDictionary();
        (Latest, MinVersion) = (latest, minVersion);
    }

    /// <summary>The version that new ciphertexts are written under.</summary>
    public int Latest { get; }

    /// <summary>What is under less is rejected.</summary>
    public int MinVersion { get; }

    public bool Knows(int version) => keys.ContainsKey(version);

    /// <summary>Holds a copy of the key, in memory of the cryptographic library that it wipes.</summary>
    /// <exception cref="KeyNotFoundException">The version is not configured.</exception>
    /// <exception cref="ObjectDisposedException">The ring was replaced by another: ask that one.</exception>
    public AesGcm Cipher(int version)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isWiped, this);
            return new AesGcm(keys[version].Span, StoredKey.TagLength);
        }
    }

    /// <returns>See <see cref="Persistence.Keys.MasterKeyCheck"/>; null where the version is not configured.</returns>
    /// <exception cref="ObjectDisposedException">The ring was replaced by another: ask that one.</exception>
    public string? CheckOf(int version)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isWiped, this);
            return keys.TryGetValue(version, out var key)
                ? Convert.ToHexStringLower(
                    HMACSHA256.HashData(key.Span, Encoding.UTF8.GetBytes($"clones master key {MasterKeyName.Of(version)}"))
                )
                : null;
        }
    }

    /// <exception cref="ConfigurationMissingException">A secret is missing or too weak; says which to set.</exception>
    public static KeyRing Load(IConfiguration configuration, bool isWrittenWith = true)
    {
        using var settings = KeySettings.FromConfiguration(configuration);
        return Load(settings, isWrittenWith);
    }

    /// <inheritdoc cref="Load(IConfiguration)"/>
    public static KeyRing Load(KeySettings settings, bool isWrittenWith = true)
    {
        var source = KeySource.Read(settings, isWrittenWith);
        var keys = new Dictionary<int, PinnedBytes>();
        foreach (var (version, (secret, salt)) in source.Names)
        {
            var key = new PinnedBytes(Scrypt.KeyLength);
            Scrypt.Derive(settings[secret], settings[salt], key.Span);
            keys.Add(version, key);
        }
        return new KeyRing(keys, source.Latest, source.MinVersion);
    }

    public void Dispose()
    {
        lock (gate)
        {
            isWiped = true;
            foreach (var key in keys.Values)
            {
                key.Dispose();
            }
        }
    }
}
