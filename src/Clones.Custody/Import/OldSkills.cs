using System.Text.Json;

namespace Clones.Custody.Import;

/// <summary>Reads <c>skills</c>: an array, or the text that the old system joined them to with commas.</summary>
internal static class OldSkills
{
    public static IReadOnlyList<string> Read(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType is JsonTokenType.String or JsonTokenType.Null)
        {
            // In a text somebody typed, a comma at the end and a word twice mean nothing.
            var text = ExtendedJson.ReadText(ref reader, field) ?? "";
            return
            [
                .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal),
            ];
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new LineRejectedException(field, "must be a text with commas or an array of texts");
        }

        var skills = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            skills.Add(ExtendedJson.ReadText(ref reader, field) ?? throw new LineRejectedException(field, "must not contain null"));
        }
        return skills;
    }
}
