using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Clones.Custody;

/// <summary>
/// scrypt with the defaults of node:crypto (N = 16384, r = 8, p = 1), which the old system used. NSec's own takes a salt of exactly 32 bytes
/// only; the salt here is whatever the environment holds.
/// </summary>
internal static partial class Scrypt
{
    public const int KeyLength = 32;

    /// <param name="secret">Any length; the old system's was the UTF-8 of a string, like the salt.</param>
    /// <param name="salt">Any length.</param>
    /// <param name="key">Receives 32 bytes.</param>
    /// <exception cref="CryptographicException">libsodium had no memory for it (16 MiB).</exception>
    public static void Derive(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, Span<byte> key)
    {
        var result = crypto_pwhash_scryptsalsa208sha256_ll(
            secret,
            (nuint)secret.Length,
            salt,
            (nuint)salt.Length,
            16_384,
            8,
            1,
            key[..KeyLength],
            KeyLength
        );
        if (result != 0)
        {
            throw new CryptographicException("scrypt failed; it needs 16 MiB of memory.");
        }
    }

    [LibraryImport("libsodium")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int crypto_pwhash_scryptsalsa208sha256_ll(
        ReadOnlySpan<byte> password,
        nuint passwordLength,
        ReadOnlySpan<byte> salt,
        nuint saltLength,
        ulong n,
        uint r,
        uint p,
        Span<byte> destination,
        nuint destinationLength
    );
}
