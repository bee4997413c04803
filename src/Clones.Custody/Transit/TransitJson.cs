using System.Text.Json;

namespace Clones.Custody.Transit;

/// <summary>An answer that Vault would not give. The reason names fields, never what is in them.</summary>
internal sealed class TransitAnswerException(string reason) : Exception(reason)
{
    public static TransitAnswerException Missing(string field) => new($"{field} is missing");
}

/// <summary>Steps of a strict reading of Vault's answers.</summary>
internal static class TransitJson
{
    /// <returns>A reader inside of the object <c>data</c>, where the whole text is well-formed.</returns>
    public static Utf8JsonReader Data(ReadOnlySpan<byte> json)
    {
        var all = new Utf8JsonReader(json);
        while (all.Read()) { }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new TransitAnswerException("it is no object");
        }
        if (!reader.FindProperty("data"u8))
        {
            throw TransitAnswerException.Missing("data");
        }
        reader.Read();
        return reader.TokenType == JsonTokenType.StartObject ? reader : throw new TransitAnswerException("data is no object");
    }

    /// <summary>Moves to the next name in the object that the reader is in; false, and past it, at its end.</summary>
    public static bool NextProperty(this ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    public static bool FindProperty(this ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
            reader.SkipValue();
        }
        return false;
    }

    public static void SkipValue(this ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    public static void ReadString(this ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new TransitAnswerException($"{field} is no string");
        }
    }

    public static int ReadInt32(this ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) && number >= 0
            ? number
            : throw new TransitAnswerException($"{field} is no whole number from 0");
    }

    public static bool ReadBoolean(this ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            _ => throw new TransitAnswerException($"{field} is neither true nor false"),
        };
    }
}
