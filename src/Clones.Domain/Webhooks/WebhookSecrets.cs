using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Clones.Domain.Webhooks;

/// <summary>
/// The secret of every endpoint, derived (HKDF-SHA256, RFC 5869) from one of the server's, the endpoint's id and its generation: none is
/// stored, so that who reads the database can sign nothing. It has nothing to do with the master keys of the deposit wallets.
/// </summary>
public sealed class WebhookSecrets(byte[] serverSecret)
{
    /// <summary>The specification asks for 24 to 64.</summary>
    public const int Bytes = 32;

    /// <summary>How long the secret before a rotation signs beside the new one.</summary>
    public static TimeSpan PreviousSignsFor { get; } = TimeSpan.FromHours(24);

    private const string Prefix = "whsec_";

    /// <param name="generation">1 or more.</param>
    /// <returns>32 bytes, for the caller to wipe.</returns>
    public byte[] Derive(Guid endpointId, int generation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(generation, 1);
        var label = "clones webhook/1"u8;
        Span<byte> info = stackalloc byte[label.Length + 16 + 4];
        label.CopyTo(info);
        endpointId.TryWriteBytes(info[label.Length..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(info[^4..], generation);
        var secret = GC.AllocateUninitializedArray<byte>(Bytes, pinned: true);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, serverSecret, secret, salt: [], info);
        return secret;
    }

    /// <summary>As its owner gets to see it, once: <c>whsec_</c> and base64.</summary>
    public string Show(Guid endpointId, int generation)
    {
        var secret = Derive(endpointId, generation);
        try
        {
            return Prefix + Convert.ToBase64String(secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
