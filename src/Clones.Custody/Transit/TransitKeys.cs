using System.Security.Cryptography;
using System.Text;
using Clones.Domain.Keys;
using Clones.Persistence.Keys;

namespace Clones.Custody.Transit;

/// <summary>
/// Master keys that never leave Vault. Each stored key is encrypted here under a data key of its own, made for this one encryption, and Transit
/// wraps the data key. Both are bound to the wallet. Vault is asked at each opening: who cannot reach it opens nothing.
/// </summary>
internal sealed class TransitKeys(TransitClient client) : IMasterKeySource
{
    private int latest;

    public string Current => MasterKeyName.Transit(Volatile.Read(ref latest));

    public bool Opens(StoredForm form) => form == StoredForm.Transit;

    /// <summary>Asks Vault which version is the latest, so that keys under older ones count as outdated.</summary>
    /// <exception cref="Persistence.Messaging.Hosting.ConfigurationMissingException">There is no such key, or it cannot bind.</exception>
    /// <exception cref="TransitUnavailableException">Try later.</exception>
    public async Task AskAsync(bool thoroughly, CancellationToken cancellationToken)
    {
        var facts = thoroughly ? await client.CheckAsync(cancellationToken) : await client.ReadKeyAsync(cancellationToken);
        Volatile.Write(ref latest, facts.LatestVersion);
    }

    public async ValueTask OpenAsync(
        StoredKey key,
        ReadOnlyMemory<byte> stored,
        KeyBinding binding,
        Memory<byte> secretKey64,
        CancellationToken cancellationToken
    )
    {
        var associatedData = binding.AssociatedDataOfTransit();
        using var dataKey = new PinnedBytes(TransitClient.DataKeyLength);
        try
        {
            await client.UnwrapAsync(key.Wrapped!, associatedData, dataKey.Memory, cancellationToken);
        }
        catch (TransitRejectedException e)
        {
            throw new KeyUnusableException(binding, key.MasterKey, e.Message);
        }
        catch (TransitUnavailableException e)
        {
            throw new MasterKeyAwayException(binding, key.MasterKey, e.Message);
        }
        using var cipher = new AesGcm(dataKey.Span, StoredKey.TagLength);
        SecretKeyCodec.Decrypt(cipher, key, binding, Bound(associatedData, key.Wrapped!), secretKey64.Span);
        Record(key.Version);
    }

    public async ValueTask<string> SealAsync(ReadOnlyMemory<byte> secretKey64, KeyBinding binding, CancellationToken cancellationToken)
    {
        var associatedData = binding.AssociatedDataOfTransit();
        using var dataKey = new PinnedBytes(TransitClient.DataKeyLength);
        RandomNumberGenerator.Fill(dataKey.Span);
        try
        {
            var wrapped = await client.WrapAsync(dataKey.Memory, associatedData, cancellationToken);
            if (TransitCiphertext.TryParse(wrapped, out var ciphertext))
            {
                Record(ciphertext.Version);
            }
            using var cipher = new AesGcm(dataKey.Span, StoredKey.TagLength);
            var encrypted = SecretKeyCodec.Encrypt(cipher, secretKey64.Span, Bound(associatedData, wrapped));
            return $"{StoredKey.OwnForm}:{StoredKey.TransitForm}:{wrapped}:{encrypted}";
        }
        catch (TransitUnavailableException e)
        {
            throw new MasterKeyAwayException(binding, Current, e.Message);
        }
    }

    // The text of the wrapped data key too, so that no byte of what is stored can be another.
    private static byte[] Bound(byte[] associatedData, string wrapped) =>
        [.. associatedData, (byte)'\n', .. Encoding.ASCII.GetBytes(wrapped)];

    // Seen before Vault was asked again: another replica knew of a rotation first.
    private void Record(int version)
    {
        for (var known = Volatile.Read(ref latest); version > known; known = Volatile.Read(ref latest))
        {
            if (Interlocked.CompareExchange(ref latest, version, known) == known)
            {
                return;
            }
        }
    }
}
