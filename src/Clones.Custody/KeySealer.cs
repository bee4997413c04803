using System.Security.Cryptography;
using System.Text;
using Clones.Domain.Keys;
using Clones.Persistence.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody;

/// <summary>An opened key, sealed anew, that is not stored yet.</summary>
internal sealed record RenewedKey(StoredKeyRow Row, PinnedBytes SecretKey, string From, KeySwap Swap, string To);

/// <summary>
/// The one way of a key between its stored form and memory: opened and compared with its address, sealed, and believed only when what was sealed has
/// opened again. Each that is written has its row in the key log, in the same commit.
/// </summary>
internal sealed class KeySealer(StoredKeyRows rows, MasterKeys masters, MasterKeyChecks checks, KeyEvents events, KeyMeter meter)
{
    /// <param name="storedUtf8">In any form.</param>
    /// <param name="binding">Whose key it is.</param>
    /// <param name="secretKey">Gets the key; the caller wipes it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The key, to be disposed, and the master key that it was under.</returns>
    /// <exception cref="KeyUnusableException">It does not open, or is not the key of its address.</exception>
    public async Task<(Account Account, string MasterKey)> OpenAsync(
        ReadOnlyMemory<byte> storedUtf8,
        KeyBinding binding,
        PinnedBytes secretKey,
        CancellationToken cancellationToken
    )
    {
        var masterKey = await masters.OpenAsync(storedUtf8, binding, secretKey.Memory, cancellationToken);
        return (Derive(secretKey.Array, binding, masterKey), masterKey);
    }

    /// <summary>Seals a key that is not stored yet. There is no other copy of it: what does not open again must not get an address that people pay to.</summary>
    /// <param name="importedFrom">The master key that the old system has it under; null for a key that was made here.</param>
    /// <returns>What the caller stores, in the commit of the event.</returns>
    public async Task<string> SealNewAsync(
        PinnedBytes secretKey,
        KeyBinding binding,
        string? importedFrom,
        CancellationToken cancellationToken
    )
    {
        var (fresh, _) = await SealAsync(secretKey, binding, cancellationToken);
        var masterKey = await ProveAsync(fresh, binding, secretKey, cancellationToken);
        if (importedFrom is null)
        {
            events.Created(binding, masterKey);
        }
        else
        {
            events.Imported(binding, importedFrom, masterKey);
        }
        return fresh;
    }

    /// <param name="row">As it is stored.</param>
    /// <param name="secretKey">As it was opened; needed until it is stored.</param>
    /// <param name="from">The master key that it was under.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<RenewedKey> RenewAsync(StoredKeyRow row, PinnedBytes secretKey, string from, CancellationToken cancellationToken)
    {
        var (fresh, to) = await SealAsync(secretKey, row.Binding, cancellationToken);
        return new RenewedKey(row, secretKey, from, new KeySwap(row.Binding, SHA256.HashData(row.Stored.Span), fresh), to);
    }

    /// <summary>Compare-and-swap, in the transaction of the context; what does not open again undoes all of it.</summary>
    /// <param name="purpose">Of all of them.</param>
    /// <param name="keys">Renewed.</param>
    /// <param name="announce">
    /// What else is in the commit of a key that was stored. It comes before the row of the log, which a caller who catches its errors would keep.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Those that were stored; who is not among them was changed by somebody else meanwhile.</returns>
    /// <exception cref="KeyUnusableException">What was written does not open to the same key.</exception>
    public async Task<IReadOnlyList<RenewedKey>> StoreAsync(
        string purpose,
        IReadOnlyList<RenewedKey> keys,
        Func<RenewedKey, Task> announce,
        CancellationToken cancellationToken
    )
    {
        var written = await rows.SwapAsync(purpose, [.. keys.Select(k => k.Swap)], cancellationToken);
        var stored = keys.Where(k => written.ContainsKey(k.Row.Binding.Id)).ToList();
        foreach (var key in stored)
        {
            await ProveAsync(written[key.Row.Binding.Id], key.Row.Binding, key.SecretKey, cancellationToken);
            await announce(key);
        }
        stored.ForEach(key => events.Migrated(key.Row.Binding, key.From, key.To));
        meter.Migrated.Add(stored.Count);
        return stored;
    }

    // What a source calls current may change while it seals: what it is under is read off the result.
    private async Task<(string Fresh, string MasterKey)> SealAsync(
        PinnedBytes secretKey,
        KeyBinding binding,
        CancellationToken cancellationToken
    )
    {
        var fresh = await masters.SealAsync(secretKey.Memory, binding, cancellationToken);
        var masterKey = StoredKey.Parse(Encoding.UTF8.GetBytes(fresh), binding).MasterKey;
        await checks.EnsureAsync(masterKey, cancellationToken);
        return (fresh, masterKey);
    }

    private async Task<string> ProveAsync(string written, KeyBinding binding, PinnedBytes secretKey, CancellationToken cancellationToken)
    {
        using var reopened = new PinnedBytes(Account.SecretKeyLength);
        var masterKey = await masters.OpenAsync(Encoding.UTF8.GetBytes(written), binding, reopened.Memory, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(reopened.Span, secretKey.Span)
            ? masterKey
            : throw new KeyUnusableException(binding, masterKey, "what was written opens to another key.");
    }

    internal static Account Derive(byte[] secretKey, KeyBinding binding, string masterKey)
    {
        Account account;
        try
        {
            account = Account.FromSecretKey(secretKey);
        }
        catch (ArgumentException)
        {
            throw new KeyUnusableException(binding, masterKey, "its public half does not belong to its secret half.");
        }
        if (account.PublicKey.ToString() == binding.Address)
        {
            return account;
        }

        account.Dispose();
        throw new KeyUnusableException(binding, masterKey, "it is the key of another address.");
    }
}
