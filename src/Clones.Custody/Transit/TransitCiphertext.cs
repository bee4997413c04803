using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Clones.Custody.Transit;

/// <summary>
/// A data key wrapped by Transit: <c>vault:v</c>, the key version, a colon, and the base64 of nonce (12 bytes), encrypted key (32) and tag (16).
/// All three key types with associated data have these lengths.
/// </summary>
internal sealed class TransitCiphertext
{
    private const string Prefix = "vault:v";
    private const int PayloadLength = 12 + TransitClient.DataKeyLength + 16;
    private const int PayloadBase64Length = PayloadLength / 3 * 4;

    private TransitCiphertext(string text, int version)
    {
        Text = text;
        Version = version;
    }

    /// <summary>As Vault wrote it and as it is stored.</summary>
    public string Text { get; }

    /// <summary>Version of the Transit key, from 1.</summary>
    public int Version { get; }

    /// <summary>Takes exactly the form that Vault writes: no leading zero, no white space, no other length.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TransitCiphertext? ciphertext)
    {
        ciphertext = null;
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }
        var rest = text.AsSpan(Prefix.Length);
        var colon = rest.IndexOf(':');
        if (
            colon < 1
            || rest[0] == '0'
            || !int.TryParse(rest[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            || !IsPayload(rest[(colon + 1)..])
        )
        {
            return false;
        }
        ciphertext = new TransitCiphertext(text, version);
        return true;
    }

    /// <summary>Shows the version only.</summary>
    public override string ToString() => $"a data key wrapped by Transit under version {Version}";

    private static bool IsPayload(ReadOnlySpan<char> base64)
    {
        Span<byte> ascii = stackalloc byte[PayloadBase64Length];
        Span<byte> payload = stackalloc byte[PayloadLength];

        // With 60 bytes from 80 characters there is no padding and no room for the white space that the decoder would skip.
        return base64.Length == PayloadBase64Length
            && Ascii.FromUtf16(base64, ascii, out _) == OperationStatus.Done
            && Base64.DecodeFromUtf8(ascii, payload, out _, out var written) == OperationStatus.Done
            && written == PayloadLength;
    }
}
