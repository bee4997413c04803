using System.Buffers;
using System.Globalization;
using System.Text;

namespace Clones.Domain;

/// <summary>The rule of every text that people write: well-formed, printable, without characters that reorder what is read.</summary>
public static class PlainTextRule
{
    /// <param name="text">As it came out of JSON.</param>
    /// <param name="min">Characters (Unicode code points), at least.</param>
    /// <param name="max">Characters, at most.</param>
    /// <param name="lines">Whether line feeds and tabs may be in it.</param>
    /// <returns>Why it is rejected, completing the sentence "name ..", without quoting it; null where it is not.</returns>
    public static string? Reject(string text, int min, int max, bool lines = false)
    {
        var count = 0;
        for (var i = 0; i < text.Length; )
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed) != OperationStatus.Done)
            {
                return "must be well-formed Unicode";
            }

            if (!IsAllowed(rune, lines))
            {
                return $"must not contain U+{rune.Value:X4}";
            }

            count++;
            i += consumed;
        }
        if (count < min || count > max)
        {
            return $"must be {min} to {max} characters long";
        }

        return text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]))
            ? "must not begin or end with white space"
            : null;
    }

    /// <summary>The text with everything that is not allowed replaced by U+FFFD; lines stay. For what others wrote and people are to read.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append((IsAllowed(rune, lines: true) ? rune : Rune.ReplacementChar).ToString());
        }

        return clean.ToString();
    }

    private static bool IsAllowed(Rune rune, bool lines) =>
        rune.Value switch
        {
            '\n' or '\t' => lines,
            // Marks and overrides of writing direction: they make a name read as another one.
            0x061C or 0x200E or 0x200F or >= 0x202A and <= 0x202E or >= 0x2066 and <= 0x2069 => false,
            _ => Rune.GetUnicodeCategory(rune)
                is not (
                    UnicodeCategory.Control
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
                    or UnicodeCategory.OtherNotAssigned
                    or UnicodeCategory.PrivateUse
                ),
        };
}
