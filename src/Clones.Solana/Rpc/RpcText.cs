using System.Text.RegularExpressions;

namespace Clones.Solana.Rpc;

/// <summary>Cleans what a node says before it enters an exception: no transactions (nodes echo requests), no control characters, no novels.</summary>
internal static partial class RpcText
{
    private const int CharsMax = 500;

    public static string Clean(string text)
    {
        var clean = Encoded().Replace(text, "[data]");
        clean = Control().Replace(clean, " ");
        return clean.Length <= CharsMax ? clean : clean[..CharsMax] + "...";
    }

    // Longer than any signature (88), so that addresses and signatures, which help, stay readable.
    [GeneratedRegex(@"[A-Za-z0-9+/=_-]{89,}")]
    private static partial Regex Encoded();

    [GeneratedRegex(@"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+")]
    private static partial Regex Control();
}
