using System.Text.Encodings.Web;
using System.Text.Json;

namespace Clones.Workers.Keys.Transit;

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
        WriteEncrypt(json, dataKey, associatedData);
        return body;
    }

    public static PinnedBuffer Decrypt(TransitCiphertext ciphertext, ReadOnlySpan<byte> associatedData)
    {
        var body = new PinnedBuffer(ItemLength);
        using var json = new Utf8JsonWriter(body, Plain);
        WriteDecrypt(json, ciphertext, associatedData);
        return body;
    }

    /// <param name="dataKeys">One after the other, 32 bytes each.</param>
    /// <param name="associatedData">One per data key.</param>
    public static PinnedBuffer EncryptBatch(ReadOnlySpan<byte> dataKeys, IReadOnlyList<byte[]> associatedData)
    {
        var body = new PinnedBuffer(ItemLength * (associatedData.Count + 1));
        using var json = new Utf8JsonWriter(body, Plain);
        json.WriteStartObject();
        json.WriteStartArray("batch_input"u8);
        for (var i = 0; i < associatedData.Count; i++)
        {
            WriteEncrypt(json, dataKeys.Slice(i * TransitClient.DataKeyLength, TransitClient.DataKeyLength), associatedData[i]);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return body;
    }

    public static PinnedBuffer DecryptBatch(IReadOnlyList<TransitWrapping> items)
    {
        var body = new PinnedBuffer(ItemLength * (items.Count + 1));
        using var json = new Utf8JsonWriter(body, Plain);
        json.WriteStartObject();
        json.WriteStartArray("batch_input"u8);
        foreach (var item in items)
        {
            WriteDecrypt(json, item.Ciphertext, item.AssociatedData);
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return body;
    }

    private static void WriteEncrypt(Utf8JsonWriter json, ReadOnlySpan<byte> dataKey, ReadOnlySpan<byte> associatedData)
    {
        json.WriteStartObject();
        json.WriteBase64String("plaintext"u8, dataKey);
        json.WriteBase64String("associated_data"u8, associatedData);
        json.WriteEndObject();
    }

    private static void WriteDecrypt(Utf8JsonWriter json, TransitCiphertext ciphertext, ReadOnlySpan<byte> associatedData)
    {
        json.WriteStartObject();
        json.WriteString("ciphertext"u8, ciphertext.Text);
        json.WriteBase64String("associated_data"u8, associatedData);
        json.WriteEndObject();
    }
}
