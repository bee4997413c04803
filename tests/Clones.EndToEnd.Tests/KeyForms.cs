using Clones.Solana.Primitives;

namespace Clones.EndToEnd.Tests;

/// <summary>How a secret key may look in text: of the 64 bytes and of the seed (the first 32) alone.</summary>
internal static class KeyForms
{
    public static IEnumerable<string> Of(byte[] secretKey64)
    {
        var seed = secretKey64[..32];
        yield return Convert.ToHexString(seed);
        yield return Convert.ToHexString(seed, 0, 16);
        yield return Base58.Encode(secretKey64);
        yield return Base58.Encode(seed);

        // The last character of a cut piece depends on what follows it.
        yield return Convert.ToBase64String(seed)[..40];
        yield return string.Join(",", seed);
        yield return string.Join(", ", seed);
    }
}
