using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Clones.Custody.Transit;

/// <summary>
/// Reads Transit's answers from pinned bytes. Throws <see cref="TransitAnswerException"/> or <see cref="JsonException"/> for what Vault does not write.
/// </summary>
internal static class TransitAnswers
{
    private const int Base64Length = 44;

    public static TransitKeyFacts KeyFacts(ReadOnlySpan<byte> json, out bool derived)
    {
        var reader = TransitJson.Data(json);
        string? type = null;
        int? latest = null;
        int? minDecryption = null;
        int? minEncryption = null;
        bool? isDerived = null;
        var convergent = false;
        var leavesVault = false;
        while (reader.NextProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.ReadString("data.type");
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("latest_version"u8))
            {
                latest = reader.ReadInt32("data.latest_version");
            }
            else if (reader.ValueTextEquals("min_decryption_version"u8))
            {
                minDecryption = reader.ReadInt32("data.min_decryption_version");
            }
            else if (reader.ValueTextEquals("min_encryption_version"u8))
            {
                minEncryption = reader.ReadInt32("data.min_encryption_version");
            }
            else if (reader.ValueTextEquals("derived"u8))
            {
                isDerived = reader.ReadBoolean("data.derived");
            }
            else if (reader.ValueTextEquals("convergent_encryption"u8))
            {
                convergent = reader.ReadBoolean("data.convergent_encryption");
            }
            else if (reader.ValueTextEquals("exportable"u8))
            {
                leavesVault |= reader.ReadBoolean("data.exportable");
            }
            else if (reader.ValueTextEquals("allow_plaintext_backup"u8))
            {
                leavesVault |= reader.ReadBoolean("data.allow_plaintext_backup");
            }
            else
            {
                reader.SkipValue();
            }
        }
        derived = convergent || (isDerived ?? throw TransitAnswerException.Missing("data.derived"));
        return new TransitKeyFacts(
            type ?? throw TransitAnswerException.Missing("data.type"),
            latest ?? throw TransitAnswerException.Missing("data.latest_version"),
            minDecryption ?? throw TransitAnswerException.Missing("data.min_decryption_version"),
            minEncryption ?? throw TransitAnswerException.Missing("data.min_encryption_version"),
            leavesVault
        );
    }

    public static TransitCiphertext Ciphertext(ReadOnlySpan<byte> json)
    {
        var reader = TransitJson.Data(json);
        return reader.FindProperty("ciphertext"u8) ? ReadCiphertext(ref reader) : throw TransitAnswerException.Missing("data.ciphertext");
    }

    public static void Plaintext(ReadOnlySpan<byte> json, Span<byte> dataKey32)
    {
        var reader = TransitJson.Data(json);
        if (!reader.FindProperty("plaintext"u8))
        {
            throw TransitAnswerException.Missing("data.plaintext");
        }
        if (!ReadPlaintext(ref reader, dataKey32))
        {
            throw new TransitAnswerException("data.plaintext is not the base64 of 32 bytes");
        }
    }

    internal static TransitCiphertext ReadCiphertext(ref Utf8JsonReader reader)
    {
        reader.ReadString("ciphertext");
        return TransitCiphertext.TryParse(reader.GetString(), out var ciphertext)
            ? ciphertext
            : throw new TransitAnswerException("ciphertext is not in the form vault:v<version>:<base64 of 60 bytes>");
    }

    /// <returns>False where it is not the base64 of 32 bytes.</returns>
    internal static bool ReadPlaintext(ref Utf8JsonReader reader, Span<byte> dataKey32)
    {
        reader.ReadString("plaintext");

        // Any of the characters may be written as an escape of six.
        Span<byte> base64 = stackalloc byte[6 * Base64Length];
        if (reader.ValueSpan.Length > base64.Length)
        {
            return false;
        }
        try
        {
            return reader.CopyString(base64) == Base64Length
                && Base64.DecodeFromUtf8(base64[..Base64Length], dataKey32, out _, out var written) == OperationStatus.Done
                && written == TransitClient.DataKeyLength;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(base64);
        }
    }
}
