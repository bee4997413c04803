using System.Security.Cryptography;
using System.Text;
using Clones.Hosting;

namespace Clones.Custody.Transit;

/// <summary>
/// HashiCorp Vault's Transit engine as key-encryption service: it wraps fresh data keys of 32 bytes, each bound by associated data to its owner. What a
/// data key encrypts, a wallet's private key, never goes to Vault. Data keys are held in pinned memory and wiped; the copies that HttpClient and TLS
/// make while they send and receive cannot be (see <see cref="PinnedJsonContent"/>). The token needs <c>read</c> on keys/:name and <c>update</c> on
/// encrypt/:name and decrypt/:name; not <c>create</c>, with which Vault makes a key for any name that is asked for.
/// </summary>
internal sealed class TransitClient(TransitOptions options, TimeProvider time, ILogger<TransitClient> logger) : IDisposable
{
    public const int DataKeyLength = 32;

    private readonly TransitApi api = new(options, time, logger);
    private volatile bool isChecked;

    /// <exception cref="ConfigurationMissingException">There is no such key, or data keys cannot be bound under it.</exception>
    /// <exception cref="TransitUnavailableException">Try later.</exception>
    public Task<TransitKeyFacts> ReadKeyAsync(CancellationToken cancellationToken) => api.ReadKeyAsync(cancellationToken);

    /// <summary>
    /// Reads the key and proves with a data key made for it that the token may wrap and unwrap and that associated data binds: Vaults before 1.13
    /// pass over associated_data without a word. For the start; runs before the first wrap in any case.
    /// </summary>
    /// <exception cref="ConfigurationMissingException">The key or this Vault cannot bind data keys.</exception>
    /// <exception cref="TransitUnavailableException">Try later.</exception>
    public async Task<TransitKeyFacts> CheckAsync(CancellationToken cancellationToken)
    {
        var facts = await api.ReadKeyAsync(cancellationToken).ConfigureAwait(false);
        if (facts.LeavesVault)
        {
            logger.LogWarning(
                "The Transit key may be exported or backed up in the clear: who holds such a copy opens every wallet without Vault"
            );
        }

        using var keys = new PinnedKeys(2);
        RandomNumberGenerator.Fill(keys[0].Span);
        byte[] own = Encoding.UTF8.GetBytes("clones-transit-check\n1");
        byte[] other = Encoding.UTF8.GetBytes("clones-transit-check\n2");
        var wrapped = await api.EncryptAsync(keys[0], own, cancellationToken).ConfigureAwait(false);
        if (!await OpensAsync(own) || !CryptographicOperations.FixedTimeEquals(keys[0].Span, keys[1].Span))
        {
            throw new TransitUnavailableException("Vault's Transit does not unwrap what it has just wrapped.");
        }
        if (await OpensAsync(other))
        {
            throw new ConfigurationMissingException(
                "The Vault of VAULT_ADDR ignores associated_data, so it cannot bind a data key to its wallet. Set VAULT_ADDR to one of version 1.13 or later."
            );
        }
        isChecked = true;
        return facts;

        async Task<bool> OpensAsync(byte[] associatedData)
        {
            try
            {
                await api.DecryptAsync(wrapped, associatedData, keys[1], cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (TransitRejectedException)
            {
                return false;
            }
        }
    }

    /// <param name="dataKey32">32 random bytes.</param>
    /// <param name="associatedData">Whose data key it is; at least a byte.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <returns><c>vault:v1:..</c></returns>
    /// <exception cref="ConfigurationMissingException">At the first use: as <see cref="CheckAsync"/>.</exception>
    /// <exception cref="TransitUnavailableException">Try later.</exception>
    public async Task<string> WrapAsync(
        ReadOnlyMemory<byte> dataKey32,
        ReadOnlyMemory<byte> associatedData,
        CancellationToken cancellationToken
    )
    {
        RequireLength(dataKey32.Length, nameof(dataKey32));
        RequireAssociatedData(associatedData, nameof(associatedData));
        await CheckOnceAsync(cancellationToken).ConfigureAwait(false);
        return (await api.EncryptAsync(dataKey32, associatedData, cancellationToken).ConfigureAwait(false)).Text;
    }

    /// <param name="wrapped">What <see cref="WrapAsync"/> gave.</param>
    /// <param name="associatedData">As it was given to <see cref="WrapAsync"/>.</param>
    /// <param name="dataKey32">Takes the data key; pinned, and wiped by the caller. All zeros where this throws.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="TransitRejectedException">This ciphertext does not open.</exception>
    /// <exception cref="TransitUnavailableException">Try later.</exception>
    public async Task UnwrapAsync(
        string wrapped,
        ReadOnlyMemory<byte> associatedData,
        Memory<byte> dataKey32,
        CancellationToken cancellationToken
    )
    {
        RequireLength(dataKey32.Length, nameof(dataKey32));
        RequireAssociatedData(associatedData, nameof(associatedData));
        var done = false;
        try
        {
            if (!TransitCiphertext.TryParse(wrapped, out var ciphertext))
            {
                throw new TransitRejectedException(null, TransitFault.NoCiphertext);
            }
            await api.DecryptAsync(ciphertext, associatedData, dataKey32, cancellationToken).ConfigureAwait(false);
            done = true;
        }
        finally
        {
            if (!done)
            {
                CryptographicOperations.ZeroMemory(dataKey32.Span);
            }
        }
    }

    public void Dispose() => api.Dispose();

    private async Task CheckOnceAsync(CancellationToken cancellationToken)
    {
        if (!isChecked)
        {
            await CheckAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void RequireLength(int length, string name)
    {
        if (length != DataKeyLength)
        {
            throw new ArgumentException($"A data key has {DataKeyLength} bytes.", name);
        }
    }

    private static void RequireAssociatedData(ReadOnlyMemory<byte> associatedData, string name)
    {
        if (associatedData.IsEmpty)
        {
            throw new ArgumentException("Without associated data a data key would open for any owner.", name);
        }
    }
}
