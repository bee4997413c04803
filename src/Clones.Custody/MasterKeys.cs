using System.Collections.Concurrent;
using Clones.Domain.Keys;

namespace Clones.Custody;

/// <summary>All sources of master keys that this process has: one is written with, any opens what is its own.</summary>
internal sealed class MasterKeys(IMasterKeySource writing, IReadOnlyList<IMasterKeySource> sources)
{
    private readonly ConcurrentDictionary<(string MasterKey, string Check), byte> verified = new();

    /// <inheritdoc cref="IMasterKeySource.CheckOf"/>
    public string? CheckOf(string masterKey) => sources.Select(s => s.CheckOf(masterKey)).FirstOrDefault(c => c is not null);

    /// <summary>Whether this process has compared it with what the database knows.</summary>
    public bool IsChecked(string masterKey, string check) => verified.ContainsKey((masterKey, check));

    public void Checked(string masterKey, string check) => verified.TryAdd((masterKey, check), 0);

    /// <summary>Name of the master key that new ciphertexts are under.</summary>
    public string Current => writing.Current;

    /// <summary>Writes the secret key into memory that the caller wipes.</summary>
    /// <returns>The master key it is under.</returns>
    /// <exception cref="KeyUnusableException">It does not open.</exception>
    public async ValueTask<string> OpenAsync(
        ReadOnlyMemory<byte> stored,
        KeyBinding binding,
        Memory<byte> secretKey64,
        CancellationToken cancellationToken
    )
    {
        var key = StoredKey.Parse(stored.Span, binding);
        foreach (var source in sources)
        {
            if (source.Opens(key.Form))
            {
                await source.OpenAsync(key, stored, binding, secretKey64, cancellationToken);
                return key.MasterKey;
            }
        }
        throw new MasterKeyMissingException(binding, key.MasterKey, "nothing that keeps such a master key is configured here.");
    }

    /// <returns>The stored form, under <see cref="Current"/>.</returns>
    public ValueTask<string> SealAsync(ReadOnlyMemory<byte> secretKey64, KeyBinding binding, CancellationToken cancellationToken) =>
        writing.SealAsync(secretKey64, binding, cancellationToken);
}
