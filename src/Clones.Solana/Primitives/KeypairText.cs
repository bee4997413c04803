using System.Buffers.Text;
using System.Text.Json;

namespace Clones.Solana.Primitives;

/// <summary>A secret key as Solana's CLI keeps it in a file: <c>[12,34,..]</c>. Bytes only: a string could not be wiped.</summary>
internal static class KeypairText
{
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> secret, Span<byte> text)
    {
        var at = 0;
        text[at++] = (byte)'[';
        for (var i = 0; i < secret.Length; i++)
        {
            if (i > 0)
            {
                text[at++] = (byte)',';
            }
            Utf8Formatter.TryFormat(secret[i], text[at..], out var written);
            at += written;
        }
        text[at++] = (byte)']';
        return at;
    }

    /// <returns>False where it is not an array of exactly as many bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> secret)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
            {
                return false;
            }
            foreach (ref var value in secret)
            {
                if (!reader.Read() || reader.TokenType != JsonTokenType.Number || !reader.TryGetByte(out value))
                {
                    return false;
                }
            }
            return reader.Read() && reader.TokenType == JsonTokenType.EndArray && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
