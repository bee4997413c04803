using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Clones.Hosting.Logging;
using RabbitMQ.Client;

namespace Clones.Workers.Commands.Errors;

/// <summary>
/// What an operator is shown of a message in an error queue. Its sender may be hostile: nothing in it reaches the terminal but printable text, with
/// what looks like a secret taken out as the logs take it out.
/// </summary>
internal sealed record ErrorMessage(string Id, string FailedAt, string Reason, string Body)
{
    private const int BodyCharactersMax = 2_000;
    private const int ReasonCharactersMax = 1_000;

    // A secret that is cut in two is not recognised: what is read is more than what is shown.
    private const int LookedAtFactor = 4;

    public static ErrorMessage Of(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        new(
            IdOf(properties, body),
            Header(properties, "MT-Fault-Timestamp") is { } at ? Shown(at, 40) : "-",
            Header(properties, "MT-Fault-Message") is { } reason ? Shown(reason, ReasonCharactersMax) : "none in its headers",
            Shown(
                Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, BodyCharactersMax * LookedAtFactor)]),
                BodyCharactersMax,
                body.Length
            )
        );

    /// <summary>Its message id; made from the body where the sender gave none.</summary>
    public static string IdOf(IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body) =>
        properties.MessageId is { Length: > 0 } id
            ? Printable(id)
            : $"body-{Convert.ToHexStringLower(SHA256.HashData(body.Span).AsSpan(0, 8))}";

    private static string? Header(IReadOnlyBasicProperties properties, string name) =>
        properties.Headers?.TryGetValue(name, out var value) == true
            ? value switch
            {
                byte[] bytes => Encoding.UTF8.GetString(bytes),
                string text => text,
                _ => null,
            }
            : null;

    private static string Shown(string text, int charactersMax, int length = 0)
    {
        var clean = Redaction.Of(text.Length > charactersMax * LookedAtFactor ? text[..(charactersMax * LookedAtFactor)] : text);
        return clean.Length > charactersMax || length > charactersMax * LookedAtFactor
            ? Printable(clean[..Math.Min(clean.Length, charactersMax)]) + " .."
            : Printable(clean);
    }

    private static string Printable(string text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // Control characters move the cursor, format characters turn the line around.
            var isText =
                Rune.GetUnicodeCategory(rune)
                is not (
                    UnicodeCategory.Control
                    or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                );
            printable.Append(isText ? rune.ToString() : $"\\u{rune.Value:x4}");
        }
        return printable.ToString();
    }
}
