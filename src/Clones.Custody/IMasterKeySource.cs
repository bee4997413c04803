using Clones.Domain.Keys;

namespace Clones.Custody;

/// <summary>Where master keys are kept: the environment, a file, or Vault.</summary>
internal interface IMasterKeySource
{
    /// <summary>Name of the master key that is written with, see <see cref="MasterKeyName"/>.</summary>
    string Current { get; }

    /// <summary>Whether keys in this form are for this source.</summary>
    bool Opens(StoredForm form);

    /// <returns>By what the master key is known again; null where it is not of this source, or cannot change under its name.</returns>
    string? CheckOf(string masterKey) => null;

    /// <param name="key">Taken apart.</param>
    /// <param name="stored">The text it was, UTF-8.</param>
    /// <param name="binding">Whose key it is.</param>
    /// <param name="secretKey64">Receives the key; pinned, wiped by the caller.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KeyUnusableException">It does not open.</exception>
    /// <exception cref="Persistence.Messaging.ITransientFailure">(as an exception) It may open later.</exception>
    ValueTask OpenAsync(
        StoredKey key,
        ReadOnlyMemory<byte> stored,
        KeyBinding binding,
        Memory<byte> secretKey64,
        CancellationToken cancellationToken
    );

    /// <returns>The stored form, under <see cref="Current"/>.</returns>
    ValueTask<string> SealAsync(ReadOnlyMemory<byte> secretKey64, KeyBinding binding, CancellationToken cancellationToken);
}
