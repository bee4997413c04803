using System.Text.Json;

namespace Clones.Custody.Transit;

/// <summary>What an error of Transit means.</summary>
internal enum TransitFault
{
    None,
    NotAuthentic,
    VersionTooOld,
    VersionUnknown,
    NoCiphertext,
    KeyMissing,
    Other,
}

/// <summary>
/// Reads Vault's error texts (sdk/helper/keysutil/policy.go and builtin/logical/transit). A text that is not known here is never taken for a rejection:
/// a ciphertext counts as lost only where Vault says so in words that are known.
/// </summary>
internal static class TransitFaults
{
    /// <summary>Whether it is the ciphertext that is at fault.</summary>
    public static bool IsRejection(this TransitFault fault) =>
        fault is TransitFault.NotAuthentic or TransitFault.VersionTooOld or TransitFault.VersionUnknown or TransitFault.NoCiphertext;

    public static string Reason(TransitFault fault) =>
        fault switch
        {
            TransitFault.NotAuthentic => "it was changed, its associated data is another, or it is under another key",
            TransitFault.VersionTooOld => "its version is below min_decryption_version of the key",
            TransitFault.VersionUnknown => "the key has no such version",
            TransitFault.NoCiphertext => "it is not in the form vault:v<version>:<base64 of 60 bytes>",
            TransitFault.KeyMissing =>
                "Vault has no key of that name; check DEPOSIT_KEY_TRANSIT_KEY, DEPOSIT_KEY_TRANSIT_MOUNT and VAULT_NAMESPACE",
            _ => "Vault has an error that is not known here",
        };

    /// <summary>The first fault of <c>{"errors":["..", ..]}</c>; None where the text is no such thing.</summary>
    public static TransitFault OfErrors(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return TransitFault.None;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isErrors = reader.ValueTextEquals("errors"u8);
                reader.Read();
                if (isErrors && reader.TokenType == JsonTokenType.StartArray)
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String ? OfText(reader.ValueSpan) : TransitFault.None;
                }
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // An error page of something between Vault and us.
        }
        return TransitFault.None;
    }

    /// <summary>Reads the bytes as they came, so that nothing a server echoes becomes a string.</summary>
    public static TransitFault OfText(ReadOnlySpan<byte> error) =>
        Holds(error, "message authentication failed"u8) ? TransitFault.NotAuthentic
        : Holds(error, "unable to decrypt"u8) ? TransitFault.NotAuthentic
        : Holds(error, "disallowed by policy"u8) ? TransitFault.VersionTooOld
        : Holds(error, "version is too new"u8) ? TransitFault.VersionUnknown
        : Holds(error, "no such key version"u8) ? TransitFault.VersionUnknown
        : Holds(error, "invalid ciphertext"u8) ? TransitFault.NoCiphertext
        : Holds(error, "missing ciphertext"u8) ? TransitFault.NoCiphertext
        : Holds(error, "encryption key not found"u8) ? TransitFault.KeyMissing
        : TransitFault.Other;

    private static bool Holds(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part) => text.IndexOf(part) >= 0;
}
