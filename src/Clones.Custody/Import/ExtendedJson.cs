using System.Text;
using System.Text.Json;

namespace Clones.Custody.Import;

/// <summary>
/// MongoDB's Extended JSON v2, relaxed and canonical, as far as a training pool needs it
/// (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/), read in place: values are copied out one by one, and only where they
/// are asked for. Doubled keys and deep nesting are rejected wherever they are.
/// </summary>
internal static class ExtendedJson
{
    private const int DepthMax = 32;
    private const int NumberLengthMax = 400;

    /// <summary>One deeper than is read, so that it is our reason that people see.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = DepthMax + 2 };

    /// <summary>Reads the value of a field to its last token.</summary>
    /// <param name="reader">Stands on the first token of the value.</param>
    public delegate void ReadField(ref Utf8JsonReader reader, string name);

    /// <param name="path">Of the object, for people; null for the line itself.</param>
    public static void ReadObject(ref Utf8JsonReader reader, string? path, ReadField read)
    {
        RejectDepth(ref reader, path);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader, path);
            if (!names.Add(name))
            {
                throw new LineRejectedException(path, $"holds a field twice{Named(name)}");
            }
            reader.Read();
            read(ref reader, name);
        }
    }

    public static void Skip(ref Utf8JsonReader reader, string? path)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, path, (ref r, _) => Skip(ref r, path));
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            RejectDepth(ref reader, path);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Skip(ref reader, path);
            }
        }
    }

    /// <returns>Null where the value is null.</returns>
    public static string? ReadText(ref Utf8JsonReader reader, string field) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => Text(ref reader, field),
            _ => throw new LineRejectedException(field, "must be a text"),
        };

    /// <summary>A plain number, or $numberInt, $numberLong, $numberDouble, $numberDecimal around its text.</summary>
    /// <returns>Null where the value is null.</returns>
    public static ExactDecimal? ReadNumber(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.ValueSpan.Length <= NumberLengthMax
                ? ExactDecimal.Parse(Encoding.ASCII.GetString(reader.ValueSpan), field)
                : throw new LineRejectedException(field, "must be a number");
        }

        var (type, text) = ReadWrapped(ref reader, field, "must be a number");
        var number = type is "$numberInt" or "$numberLong" or "$numberDouble" or "$numberDecimal"
            ? ExactDecimal.Parse(text, field)
            : throw new LineRejectedException(field, "must be a number");
        return type is "$numberDouble" or "$numberDecimal" || text.All(char.IsAsciiDigit)
            ? number
            : throw new LineRejectedException(field, $"must be whole as a {type}");
    }

    /// <summary>{"$oid": 24 hex digits}, or the text that somebody used as an id.</summary>
    /// <returns>Hex of an ObjectId in lower case, also where it came as a text: another tool may have written it so.</returns>
    public static string? ReadId(ref Utf8JsonReader reader, string field)
    {
        const string rule = "must be {\"$oid\": 24 hex digits} or a text";
        if (reader.TokenType is JsonTokenType.Null or JsonTokenType.String)
        {
            var text = ReadText(ref reader, field);
            return text is not null && IsObjectId(text) ? text.ToLowerInvariant() : text;
        }

        var (type, hex) = ReadWrapped(ref reader, field, rule);
        return type == "$oid" && IsObjectId(hex) ? hex.ToLowerInvariant() : throw new LineRejectedException(field, rule);
    }

    private static bool IsObjectId(string text) => text.Length == 24 && text.All(char.IsAsciiHexDigit);

    private static (string Type, string Text) ReadWrapped(ref Utf8JsonReader reader, string field, string rule)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new LineRejectedException(field, rule);
        }
        var found = new List<(string, string)>();
        ReadObject(
            ref reader,
            field,
            (ref r, name) =>
            {
                if (r.TokenType != JsonTokenType.String || found.Count > 0)
                {
                    throw new LineRejectedException(field, rule);
                }
                found.Add((name, Text(ref r, field)));
            }
        );
        return found.Count == 1 ? found[0] : throw new LineRejectedException(field, rule);
    }

    private static string Text(ref Utf8JsonReader reader, string? field)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // A surrogate alone. The exception's own text is not ours to show.
            throw new LineRejectedException(field, "must be well-formed Unicode");
        }
    }

    private static void RejectDepth(ref Utf8JsonReader reader, string? path)
    {
        if (reader.CurrentDepth >= DepthMax)
        {
            throw new LineRejectedException(path, $"is nested deeper than {DepthMax} levels");
        }
    }

    private static string Named(string name) => IgnoredFields.IsName(name) ? $": {name}" : "";
}
