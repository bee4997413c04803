using System.Runtime.InteropServices;

namespace Clones.Solana.Primitives;

/// <summary>The two functions of libsodium that NSec does not offer in the form the chain needs.</summary>
internal static partial class Sodium
{
    private const string Library = "libsodium";

    private static ReadOnlySpan<byte> Identity =>
        [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    static Sodium()
    {
        // Chooses the implementation for this processor; safe to call again after NSec has done so.
        if (sodium_init() < 0)
        {
            throw new InvalidOperationException("libsodium could not be initialised.");
        }
    }

    /// <summary>Whether 32 bytes decompress to a point of the curve.</summary>
    /// <remarks>
    /// The chain asks no more than that. <c>crypto_core_ed25519_is_valid_point</c> also demands the prime-order subgroup and
    /// so calls about half of all usable bumps wrong; adding the identity fails only where decompression fails.
    /// </remarks>
    public static bool IsOnCurve(ReadOnlySpan<byte> point)
    {
        Span<byte> sum = stackalloc byte[32];
        return crypto_core_ed25519_add(sum, point, Identity) == 0;
    }

    public static bool Verify(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> message, ReadOnlySpan<byte> publicKey) =>
        crypto_sign_verify_detached(signature, message, (ulong)message.Length, publicKey) == 0;

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int sodium_init();

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int crypto_core_ed25519_add(Span<byte> sum, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    private static partial int crypto_sign_verify_detached(
        ReadOnlySpan<byte> signature,
        ReadOnlySpan<byte> message,
        ulong messageLength,
        ReadOnlySpan<byte> publicKey
    );
}
