using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Clones.Domain.Keys;
using Clones.Solana.Primitives;

namespace Clones.Custody;

/// <summary>
/// Opens and seals the stored forms (<see cref="StoredKey"/>) that master keys of this process are for. AES-256-GCM with a random IV of 12 bytes and
/// a tag of 16: 2^32 encryptions under one key are its limit (NIST SP 800-38D, 8.3).
/// </summary>
internal static class SecretKeyCodec
{
    /// <summary>Writes the secret key into a span that the caller wipes.</summary>
    /// <exception cref="KeyUnusableException">Unknown or rejected version, tampered with, or another wallet's.</exception>
    public static void Open(StoredKey key, ReadOnlySpan<byte> stored, KeyBinding binding, KeyRing ring, Span<byte> secretKey64)
    {
        Require(key, binding, ring);
        switch (key.Form)
        {
            case StoredForm.Plaintext:
                DecodeBase64(stored, binding, key.MasterKey, secretKey64);
                break;
            case StoredForm.Unbound:
                OpenUnbound(key, binding, ring, secretKey64);
                break;
            case StoredForm.Bound:
                using (var cipher = ring.Cipher(key.Version))
                {
                    Decrypt(cipher, key, binding, binding.AssociatedData(key.Version), secretKey64);
                }
                break;
            default:
                throw new ArgumentException($"{key.MasterKey} is no master key of this process.", nameof(key));
        }
    }

    /// <summary>Encrypts under the latest version, bound to the wallet.</summary>
    public static string Seal(ReadOnlySpan<byte> secretKey64, KeyBinding binding, KeyRing ring)
    {
        var latest = ring.Latest;
        using var cipher = ring.Cipher(latest);
        return $"{StoredKey.OwnForm}:{latest}:{Encrypt(cipher, secretKey64, binding.AssociatedData(latest))}";
    }

    /// <returns><c>iv:tag:ciphertext</c> in hex.</returns>
    public static string Encrypt(AesGcm cipher, ReadOnlySpan<byte> secretKey64, ReadOnlySpan<byte> associatedData)
    {
        if (secretKey64.Length != Account.SecretKeyLength)
        {
            throw new ArgumentException("A secret key has 64 bytes.", nameof(secretKey64));
        }

        Span<byte> iv = stackalloc byte[StoredKey.IvLength];
        Span<byte> tag = stackalloc byte[StoredKey.TagLength];
        Span<byte> ciphertext = stackalloc byte[Account.SecretKeyLength];
        RandomNumberGenerator.Fill(iv);
        cipher.Encrypt(iv, secretKey64, ciphertext, tag, associatedData);
        return $"{Convert.ToHexStringLower(iv)}:{Convert.ToHexStringLower(tag)}:{Convert.ToHexStringLower(ciphertext)}";
    }

    /// <exception cref="KeyUnusableException">Nothing is left in <paramref name="plaintext"/> then.</exception>
    public static void Decrypt(AesGcm cipher, StoredKey key, KeyBinding binding, ReadOnlySpan<byte> associatedData, Span<byte> plaintext)
    {
        try
        {
            cipher.Decrypt(key.Iv, key.Ciphertext, key.Tag, plaintext, associatedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            throw new KeyUnusableException(
                binding,
                key.MasterKey,
                "it was changed, belongs to another wallet, or the master key is another."
            );
        }
    }

    private static void Require(StoredKey key, KeyBinding binding, KeyRing ring)
    {
        if (key.Version < ring.MinVersion)
        {
            throw new KeyUnusableException(
                binding,
                key.MasterKey,
                $"DEPOSIT_KEY_ENCRYPTION_MIN_VERSION is {ring.MinVersion}, and what is older is not opened."
            );
        }
        if (key.Form != StoredForm.Plaintext && !ring.Knows(key.Version))
        {
            throw new MasterKeyMissingException(
                binding,
                key.MasterKey,
                $"the version is not configured. Set DEPOSIT_KEY_ENCRYPTION_SECRET{(key.Version == 1 ? "" : $"_V{key.Version}")}."
            );
        }
    }

    private static void OpenUnbound(StoredKey key, KeyBinding binding, KeyRing ring, Span<byte> secretKey64)
    {
        Span<byte> base64 = stackalloc byte[StoredKey.Base64Length];
        try
        {
            using var cipher = ring.Cipher(key.Version);
            Decrypt(cipher, key, binding, [], base64);
            DecodeBase64(base64, binding, key.MasterKey, secretKey64);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }

    // The last digit before the padding holds two bits of the last byte; the decoder passes over the other four.
    private static bool HasNoSpareBits(ReadOnlySpan<byte> base64) => base64[^3] is (byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w';

    private static void DecodeBase64(ReadOnlySpan<byte> base64, KeyBinding binding, string masterKey, Span<byte> secretKey64)
    {
        // The decoder skips white space; with the length exact, none can be there unnoticed.
        var status = Base64.DecodeFromUtf8(base64, secretKey64, out var consumed, out var written);
        if (
            status != OperationStatus.Done
            || consumed != StoredKey.Base64Length
            || written != Account.SecretKeyLength
            || !HasNoSpareBits(base64)
        )
        {
            CryptographicOperations.ZeroMemory(secretKey64);
            throw new KeyUnusableException(binding, masterKey, "it is not the base64 of 64 bytes.");
        }
    }
}
