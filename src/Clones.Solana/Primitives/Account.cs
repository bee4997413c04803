using System.Security.Cryptography;
using NSec.Cryptography;

namespace Clones.Solana.Primitives;

/// <summary>An ed25519 key pair. The secret half stays in libsodium's guarded memory until it is disposed.</summary>
/// <remarks>Deliberately without any text form of the secret: <see cref="ToString"/> is the address.</remarks>
public sealed class Account : IDisposable
{
    public const int SeedLength = 32;

    /// <summary>The form that Solana's tools keep: seed (32 bytes), then public key (32 bytes).</summary>
    public const int SecretKeyLength = 64;

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private readonly Key key;

    private Account(Key key)
    {
        this.key = key;
        PublicKey = new PublicKey(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public PublicKey PublicKey { get; }

    public static Account Generate() => new(Key.Create(SignatureAlgorithm.Ed25519, Exportable));

    /// <exception cref="ArgumentException">Not exactly 32 bytes.</exception>
    public static Account FromSeed(ReadOnlySpan<byte> seed32)
    {
        if (seed32.Length != SeedLength)
        {
            throw new ArgumentException($"A seed has {SeedLength} bytes, not {seed32.Length}.", nameof(seed32));
        }

        return new Account(Key.Import(SignatureAlgorithm.Ed25519, seed32, KeyBlobFormat.RawPrivateKey, Exportable));
    }

    /// <exception cref="ArgumentException">Not exactly 64 bytes, or a public half that does not belong to the seed.</exception>
    public static Account FromSecretKey(ReadOnlySpan<byte> secretKey64)
    {
        if (secretKey64.Length != SecretKeyLength)
        {
            throw new ArgumentException($"A secret key has {SecretKeyLength} bytes, not {secretKey64.Length}.", nameof(secretKey64));
        }

        var account = FromSeed(secretKey64[..SeedLength]);
        if (account.PublicKey.Span.SequenceEqual(secretKey64[SeedLength..]))
        {
            return account;
        }

        account.Dispose();
        throw new ArgumentException("The public half does not belong to the secret half.", nameof(secretKey64));
    }

    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public Signature Sign(ReadOnlySpan<byte> message)
    {
        Span<byte> signature = stackalloc byte[Signature.Length];
        SignatureAlgorithm.Ed25519.Sign(key, message, signature);
        return new Signature(signature);
    }

    /// <summary>Writes seed and public key. The caller wipes the destination when done.</summary>
    /// <exception cref="ArgumentException">The destination is not exactly 64 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key has been wiped.</exception>
    public void CopySecretKeyTo(Span<byte> destination64)
    {
        if (destination64.Length != SecretKeyLength)
        {
            throw new ArgumentException($"Expected room for {SecretKeyLength} bytes, got {destination64.Length}.", nameof(destination64));
        }

        if (!key.TryExport(KeyBlobFormat.RawPrivateKey, destination64[..SeedLength], out var length) || length != SeedLength)
        {
            CryptographicOperations.ZeroMemory(destination64);
            throw new InvalidOperationException("The key could not be exported.");
        }

        PublicKey.CopyTo(destination64[SeedLength..]);
    }

    /// <summary>The address.</summary>
    public override string ToString() => PublicKey.ToString();

    public void Dispose() => key.Dispose();
}
