using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Clones.Solana.Primitives;

namespace Clones.Workers.Keys;

/// <summary>
/// The stored forms of a secret key of 64 bytes. Read: bare base64 (the oldest, version 0); <c>v1:iv:tag:ciphertext</c> (the old system:
/// hex, plaintext is the base64 text); <c>k1:version:iv:tag:ciphertext</c> (ours: hex, plaintext is the 64 bytes, bound to its wallet). Written: ours.
/// </summary>
internal static class SecretKeyCodec
{
    public const int TagLength = 16;
    private const int IvLength = 12;
    private const int Base64Length = 88;
    private const string OwnForm = "k1";

    /// <summary>Writes the secret key into a span that the caller wipes.</summary>
    /// <returns>The version it is under, and whether it is in the form and version written today.</returns>
    /// <exception cref="KeyUnusableException">Malformed, unknown version, tampered with, or another wallet's.</exception>
    public static (int Version, bool IsCurrent) Open(string stored, KeyBinding binding, KeyRing ring, Span<byte> secretKey64)
    {
        var parts = stored.Split(':');
        switch (parts.Length)
        {
            case 1:
                OpenBase64(stored, binding, secretKey64);
                return (0, false);
            case 4 when parts[0].StartsWith('v'):
                var oldVersion = Version(parts[0][1..], binding, ring);
                OpenOld(parts, oldVersion, binding, ring, secretKey64);
                return (oldVersion, false);
            case 5 when parts[0] == OwnForm:
                var version = Version(parts[1], binding, ring);
                Decrypt(parts.AsSpan(2), version, binding, ring, binding.AssociatedData(version), secretKey64);
                return (version, version == ring.Latest);
            default:
                throw new KeyUnusableException(binding, null, "it is in no known form.");
        }
    }

    /// <summary>Encrypts under the latest version, with a random IV (2^32 encryptions under one key are its limit).</summary>
    public static string Seal(ReadOnlySpan<byte> secretKey64, KeyBinding binding, KeyRing ring)
    {
        if (secretKey64.Length != Account.SecretKeyLength)
        {
            throw new ArgumentException("A secret key has 64 bytes.", nameof(secretKey64));
        }

        Span<byte> iv = stackalloc byte[IvLength];
        Span<byte> tag = stackalloc byte[TagLength];
        Span<byte> ciphertext = stackalloc byte[Account.SecretKeyLength];
        RandomNumberGenerator.Fill(iv);
        using var cipher = ring.Cipher(ring.Latest);
        cipher.Encrypt(iv, secretKey64, ciphertext, tag, binding.AssociatedData(ring.Latest));
        return $"{OwnForm}:{ring.Latest}:{Hex(iv)}:{Hex(tag)}:{Hex(ciphertext)}";
    }

    private static void OpenOld(string[] parts, int version, KeyBinding binding, KeyRing ring, Span<byte> secretKey64)
    {
        Span<byte> base64 = stackalloc byte[Base64Length];
        try
        {
            Decrypt(parts.AsSpan(1), version, binding, ring, [], base64);
            DecodeBase64(base64, binding, version, secretKey64);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }

    private static void OpenBase64(string stored, KeyBinding binding, Span<byte> secretKey64)
    {
        Span<byte> base64 = stackalloc byte[Base64Length];
        try
        {
            if (stored.Length != Base64Length || System.Text.Ascii.FromUtf16(stored, base64, out _) != OperationStatus.Done)
            {
                throw new KeyUnusableException(binding, 0, "it is not the base64 of 64 bytes.");
            }
            DecodeBase64(base64, binding, 0, secretKey64);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }

    private static void DecodeBase64(ReadOnlySpan<byte> base64, KeyBinding binding, int version, Span<byte> secretKey64)
    {
        // The decoder skips white space; with the length exact, none can be there unnoticed.
        var status = Base64.DecodeFromUtf8(base64, secretKey64, out var consumed, out var written);
        if (status != OperationStatus.Done || consumed != Base64Length || written != Account.SecretKeyLength)
        {
            throw new KeyUnusableException(binding, version, "it is not the base64 of 64 bytes.");
        }
    }

    private static void Decrypt(
        ReadOnlySpan<string> ivTagCiphertext,
        int version,
        KeyBinding binding,
        KeyRing ring,
        ReadOnlySpan<byte> associatedData,
        Span<byte> plaintext
    )
    {
        Span<byte> iv = stackalloc byte[IvLength];
        Span<byte> tag = stackalloc byte[TagLength];
        Span<byte> ciphertext = stackalloc byte[plaintext.Length];
        if (!FromHex(ivTagCiphertext[0], iv) || !FromHex(ivTagCiphertext[1], tag) || !FromHex(ivTagCiphertext[2], ciphertext))
        {
            throw new KeyUnusableException(binding, version, "IV, tag or ciphertext is not hex of the exact length.");
        }

        try
        {
            using var cipher = ring.Cipher(version);
            cipher.Decrypt(iv, ciphertext, tag, plaintext, associatedData);
        }
        catch (AuthenticationTagMismatchException)
        {
            CryptographicOperations.ZeroMemory(plaintext);
            throw new KeyUnusableException(binding, version, "it was changed, belongs to another wallet, or the master key is another.");
        }
    }

    private static int Version(string digits, KeyBinding binding, KeyRing ring)
    {
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || digits.StartsWith('0'))
        {
            throw new KeyUnusableException(binding, null, "its version is no number.");
        }
        return ring.Knows(version)
            ? version
            : throw new KeyUnusableException(
                binding,
                version,
                $"the version is not configured. Set DEPOSIT_KEY_ENCRYPTION_SECRET{(version == 1 ? "" : $"_V{version}")}."
            );
    }

    private static bool FromHex(string hex, Span<byte> bytes) =>
        hex.Length == 2 * bytes.Length
        && Convert.FromHexString(hex, bytes, out _, out var written) == OperationStatus.Done
        && written == bytes.Length;

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
