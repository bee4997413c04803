using System.Text.RegularExpressions;
using Clones.Solana.Primitives;

namespace Clones.Hosting.Logging;

/// <summary>
/// Takes out of a text whatever looks like a secret. The last line of defence: nothing secret is given to the log on purpose, but exceptions
/// of libraries may quote what they were given.
/// </summary>
public static partial class Redaction
{
    public const string Mark = "[redacted]";

    public static string Of(string text)
    {
        var clean = UserInfo().Replace(text, "$1" + Mark + "@");
        clean = Assignment().Replace(clean, "$1" + Mark);
        clean = NumberArray().Replace(clean, Mark);
        clean = WebhookSecret().Replace(clean, Mark);
        clean = JsonWebToken().Replace(clean, Mark);
        return Opaque().Replace(clean, found => PublicText.IsSignature(found.Value) ? found.Value : Mark);
    }

    /// <summary>Whether a value may not be shown whatever it holds.</summary>
    public static bool IsSecretName(string name) => SecretName().IsMatch(name);

    [GeneratedRegex(@"\b([a-z][a-z0-9+.-]*://)[^\s/@""']+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    [GeneratedRegex(
        @"((?:password|pwd|secret|api[-_]?key|access[-_]?token|token|authorization)[\\""']*\s*[=:]\s*[\\""']*(?:bearer\s+|apikey\s+)?)[^\s;,&""'\\]+",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Assignment();

    // A secret key as JSON tools write it: 32 numbers or more.
    [GeneratedRegex(@"(?:\d{1,3}\s*,\s*){31,}\d{1,3}")]
    private static partial Regex NumberArray();

    [GeneratedRegex("whsec_[A-Za-z0-9+/=_-]+")]
    private static partial Regex WebhookSecret();

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)+")]
    private static partial Regex JsonWebToken();

    // 64 bytes in base58, base64 or hex have 85 characters and more; addresses and hashes have at most 64.
    [GeneratedRegex(@"[A-Za-z0-9+/_-]{80,}={0,2}")]
    private static partial Regex Opaque();

    [GeneratedRegex(@"secret|password|private|wirebytes|authorization|apikey|connectionstring", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
