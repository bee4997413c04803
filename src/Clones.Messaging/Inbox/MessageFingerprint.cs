using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using MassTransit;

namespace Clones.Messaging.Inbox;

/// <summary>
/// A hash of what a message says, the same for every copy of it: of MassTransit's envelope only the message counts, since addresses,
/// headers and times change when a message is redelivered, and whitespace never counts.
/// </summary>
internal static class MessageFingerprint
{
    private const string Envelope = "vnd.masstransit+json";

    public static byte[] Of(ReceiveContext context)
    {
        var body = context.Body.GetBytes();
        try
        {
            var content = new ArrayBufferWriter<byte>(body.Length);
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 64 });
            if (context.ContentType?.MediaType.Contains(Envelope, StringComparison.OrdinalIgnoreCase) == true)
            {
                SkipToMessage(ref reader);
            }

            Write(ref reader, content);
            return SHA256.HashData(content.WrittenSpan);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON: the body as it came.
            return SHA256.HashData(body);
        }
    }

    public static long Short(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadInt64BigEndian(hash);

    private static void SkipToMessage(ref Utf8JsonReader reader)
    {
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message"u8))
            {
                return;
            }

            reader.Skip();
        }
        throw new JsonException("The envelope holds no message.");
    }

    private static void Write(ref Utf8JsonReader reader, ArrayBufferWriter<byte> content)
    {
        var depth = reader.CurrentDepth;
        while (reader.Read())
        {
            content.Write([(byte)reader.TokenType]);
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                // Unescaped, since one serializer writes \u0022 where another writes \".
                var length = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
                content.Advance(reader.CopyString(content.GetSpan(length)));
            }
            else if (reader.TokenType is JsonTokenType.Number)
            {
                content.Write(reader.ValueSpan);
            }

            if (reader.CurrentDepth <= depth && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                return;
            }
        }
    }
}
