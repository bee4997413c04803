using System.Security.Cryptography;
using System.Text;
using Clones.Solana.Primitives;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>
/// Every form that a secret key may be found in, cut into overlapping windows, so that a copy which is half overwritten is found as well. Of the
/// 64 bytes only the seed (the first half) is secret; the other half is the address.
/// </summary>
internal static class KeyNeedles
{
    private const int SeedLength = Account.SeedLength;

    /// <summary>64 random bits: no such window is found by chance.</summary>
    private const int BinaryWindow = 8;
    private const int TextWindow = 12;

    /// <summary>About seven numbers.</summary>
    private const int NumbersWindow = 24;

    public static IEnumerable<Needle> Of(string owner, byte[] secretKey64)
    {
        var seed = secretKey64[..SeedLength];
        // RFC 8032, 5.1.5: the seed's hash, its lower half clamped, signs as well as the seed does.
        var expanded = SHA512.HashData(seed);
        expanded[0] &= 248;
        expanded[31] &= 63;
        expanded[31] |= 64;
        IEnumerable<Needle> binary =
        [
            .. Windows(owner, "raw", seed, BinaryWindow, 4),
            .. Windows(owner, "scalar", expanded, BinaryWindow, 4),
        ];
        return
        [
            .. binary,
            .. Text(owner, "hex", Convert.ToHexStringLower(seed), TextWindow),
            .. Text(owner, "HEX", Convert.ToHexString(seed), TextWindow),
            // What follows holds bytes of the address.
            .. Text(owner, "base64", Convert.ToBase64String(seed)[..42], TextWindow),
            .. Text(owner, "base58 of 64", Base58.Encode(secretKey64), TextWindow),
            .. Text(owner, "base58 of 32", Base58.Encode(seed), TextWindow),
            .. Text(owner, "numbers", string.Join(',', seed), NumbersWindow),
            .. Text(owner, "spaced numbers", string.Join(", ", seed), NumbersWindow),
        ];
    }

    /// <summary>A secret that is no wallet's key, such as what master keys are derived from, or a control.</summary>
    public static IEnumerable<Needle> OfText(string owner, string text) =>
        [new(owner, "text", Encoding.UTF8.GetBytes(text)), new(owner, "text, UTF-16", Encoding.Unicode.GetBytes(text))];

    public static IEnumerable<Needle> OfBytes(string owner, byte[] bytes) => Windows(owner, "raw", bytes, BinaryWindow, 4);

    private static IEnumerable<Needle> Text(string owner, string form, string text, int window) =>
        Windows(owner, form, Encoding.ASCII.GetBytes(text), window, 4)
            .Concat(Windows(owner, $"{form}, UTF-16", Encoding.Unicode.GetBytes(text), 2 * window, 8));

    private static IEnumerable<Needle> Windows(string owner, string form, byte[] bytes, int length, int stride)
    {
        for (var at = 0; at + length <= bytes.Length; at += stride)
        {
            yield return new Needle(owner, $"{form}, from {at}", bytes[at..(at + length)]);
        }
    }
}
