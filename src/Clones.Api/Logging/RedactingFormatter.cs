using System.Text.RegularExpressions;
using Clones.Solana.Primitives;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace Clones.Api.Logging;

/// <summary>
/// One JSON object per line (so that no text of a caller can begin a line of its own), cleaned of whatever looks like a secret. The last line of
/// defence: no body, header or token is given to the log on purpose, but exceptions of libraries may quote what they were given.
/// </summary>
internal sealed partial class RedactingFormatter : ITextFormatter
{
    private const string Mark = "[redacted]";

    private readonly CompactJsonFormatter json = new();

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter();
        json.Format(logEvent, line);
        output.Write(Clean(line.ToString()));
    }

    public static string Clean(string text)
    {
        text = UserInfo().Replace(text, $"$1{Mark}@");
        text = Credential().Replace(text, $"$1{Mark}");
        text = WebhookSecret().Replace(text, Mark);
        return Opaque().Replace(text, found => PublicText.IsSignature(found.Value.TrimEnd('.')) ? found.Value : Mark);
    }

    /// <summary>amqp://user:password@host, and the like.</summary>
    [GeneratedRegex(@"\b([a-z][a-z0-9+.-]*://)[^\s/@""']+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserInfo();

    [GeneratedRegex(
        @"((?:password|secret|api-?key|authorization)[\\""']*\s*[=:]\s*[\\""']*(?:bearer\s+|apikey\s+)?)[^\s;,&""'\\]+",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Credential();

    [GeneratedRegex("whsec_[A-Za-z0-9+/=_-]+")]
    private static partial Regex WebhookSecret();

    /// <summary>64 bytes and more (secret keys, signed transactions, tokens) have 80 characters and more; addresses and hashes at most 64.</summary>
    [GeneratedRegex("[A-Za-z0-9+/_=.-]{80,}")]
    private static partial Regex Opaque();
}
