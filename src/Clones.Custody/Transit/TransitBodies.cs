using System.Text.Encodings.Web;
using System.Text.Json;

namespace Clones.Custody.Transit;

/// <summary>The requests to Transit, written straight into pinned buffers: a data key in base64 is never a string. The caller disposes them.</summary>
internal static class TransitBodies
{
    // Base64 has a plus sign, which the default encoder would write as an escape.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int ItemLength = 512;

    public static PinnedBuffer Encrypt(ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData)
    {
        var body = new PinnedBuffer(ItemLength);
        using var json = new Utf8JsonWriter(body, Plain);
        json.WriteStartObject();
        json.WriteBase64String("plaintext"u8, dataKey);
        json.WriteBase64String("associated_data"u8, associatedData);
        json.WriteEndObject();
        return body;
    }

    public static PinnedBuffer Decrypt(TransitCiphertext ciphertext, ReadOnlySpan<byte> associatedData)
    {
        var body = new PinnedBuffer(ItemLength);
        using var json = new Utf8JsonWriter(body, Plain);
        json.WriteStartObject();
        json.WriteString("ciphertext"u8, ciphertext.Text);
        json.WriteBase64String("associated_data"u8, associatedData);
        json.WriteEndObject();
        return body;
    }
}
