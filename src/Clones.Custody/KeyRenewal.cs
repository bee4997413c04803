using System.Security.Cryptography;
using System.Text;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody;

/// <summary>Encrypts opened keys anew under the current master key, and believes only what it has read back and opened.</summary>
internal sealed class KeyRenewal(StoredKeys stored, MasterKeys masters, MasterKeyChecks checks)
{
    /// <returns>What is to be stored instead, and the master key it is under.</returns>
    public async Task<(KeySwap Swap, string MasterKey)> SealAsync(
        StoredKeyRow row,
        PinnedBytes secretKey,
        CancellationToken cancellationToken
    )
    {
        var fresh = await masters.SealAsync(secretKey.Memory, row.Binding, cancellationToken);
        var swap = new KeySwap(row.Binding, SHA256.HashData(row.Stored.Span), fresh);
        var masterKey = StoredKey.Parse(Encoding.UTF8.GetBytes(fresh), row.Binding).MasterKey;
        await checks.EnsureAsync(masterKey, cancellationToken);
        return (swap, masterKey);
    }

    /// <summary>Compare-and-swap, in the transaction of the context.</summary>
    /// <returns>The stored texts by id, read back; who is not among them was changed by somebody else meanwhile.</returns>
    public Task<Dictionary<Guid, string>> SwapAsync(string purpose, IReadOnlyList<KeySwap> swaps, CancellationToken cancellationToken) =>
        stored.SwapAsync(purpose, swaps, cancellationToken);

    /// <exception cref="KeyUnusableException">What was written does not open to the same key.</exception>
    public async Task ProveAsync(string written, KeyBinding binding, PinnedBytes secretKey, CancellationToken cancellationToken)
    {
        using var reopened = new PinnedBytes(Account.SecretKeyLength);
        var masterKey = await masters.OpenAsync(Encoding.UTF8.GetBytes(written), binding, reopened.Memory, cancellationToken);
        if (!CryptographicOperations.FixedTimeEquals(reopened.Span, secretKey.Span))
        {
            throw new KeyUnusableException(binding, masterKey, "what was written opens to another key.");
        }
    }
}
