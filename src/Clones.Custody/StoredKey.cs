using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Clones.Domain.Keys;
using Clones.Persistence.Keys;

namespace Clones.Custody;

/// <summary>
/// A stored key, taken apart strictly. The forms:
/// <list type="bullet">
/// <item>bare base64 of 64 bytes: plaintext, the oldest;</item>
/// <item><c>v1:iv:tag:ciphertext</c>: the old system's (hex; its plaintext is the base64 text), not bound to its wallet;</item>
/// <item><c>k1:2:iv:tag:ciphertext</c>: ours under master key 2 (hex; the plaintext is the 64 bytes; bound to its wallet);</item>
/// <item><c>k1:transit:vault:v3:..:iv:tag:ciphertext</c>: ours under a data key of its own, which Vault has wrapped.</item>
/// </list>
/// </summary>
internal sealed class StoredKey
{
    public const int IvLength = 12;
    public const int TagLength = 16;
    public const int Base64Length = 88;
    public const string OwnForm = "k1";
    public const string TransitForm = "transit";

    private const int PartsMax = 8;
    private const int VersionDigitsMax = 4;
    private const int WrappedLengthMax = 1_024;

    private StoredKey(StoredForm form, int version, byte[] iv, byte[] tag, byte[] ciphertext, string? wrapped = null)
    {
        (Form, Version, Iv, Tag, Ciphertext, Wrapped) = (form, version, iv, tag, ciphertext, wrapped);
    }

    public StoredForm Form { get; }

    /// <summary>Of the master key; 0 for plaintext.</summary>
    public int Version { get; }
    public byte[] Iv { get; }
    public byte[] Tag { get; }
    public byte[] Ciphertext { get; }

    /// <summary>The wrapped data key as Vault gave it.</summary>
    public string? Wrapped { get; }

    public string MasterKey =>
        Form switch
        {
            StoredForm.Plaintext => MasterKeyName.Plaintext,
            StoredForm.Unbound => MasterKeyName.Unbound(Version),
            StoredForm.Transit => MasterKeyName.Transit(Version),
            _ => MasterKeyName.Of(Version),
        };

    /// <param name="stored">UTF-8. Plaintext is not copied out of it.</param>
    /// <param name="binding">For the message of the error.</param>
    /// <exception cref="KeyUnusableException">It is in no known form.</exception>
    public static StoredKey Parse(ReadOnlySpan<byte> stored, KeyBinding binding)
    {
        Span<Range> parts = stackalloc Range[PartsMax + 1];
        var count = Split(stored, parts);
        if (stored.Length > StoredKeyRows.LengthMax || count is 0 or > PartsMax)
        {
            throw new KeyUnusableException(binding, null, "it is in no known form.");
        }

        var first = stored[parts[0]];
        return count switch
        {
            1 => stored.Length == Base64Length
                ? new StoredKey(StoredForm.Plaintext, 0, [], [], [])
                : throw new KeyUnusableException(binding, MasterKeyName.Plaintext, "it is not the base64 of 64 bytes."),
            4 when first is [(byte)'v', ..] => Local(StoredForm.Unbound, first[1..], stored, parts[1..4], Base64Length, binding),
            5 when first.SequenceEqual("k1"u8) => Local(StoredForm.Bound, stored[parts[1]], stored, parts[2..5], 64, binding),
            8 when first.SequenceEqual("k1"u8) && stored[parts[1]].SequenceEqual("transit"u8) => TransitOf(stored, parts, binding),
            _ => throw new KeyUnusableException(binding, null, "it is in no known form."),
        };
    }

    private static int Split(ReadOnlySpan<byte> stored, Span<Range> parts)
    {
        var count = 0;
        foreach (var part in stored.Split((byte)':'))
        {
            if (count == parts.Length)
            {
                return count + 1;
            }
            parts[count++] = part;
        }
        return count;
    }

    private static StoredKey Local(
        StoredForm form,
        ReadOnlySpan<byte> digits,
        ReadOnlySpan<byte> stored,
        ReadOnlySpan<Range> ivTagCiphertext,
        int ciphertextLength,
        KeyBinding binding
    )
    {
        var version = VersionOf(digits, binding);
        var name = form == StoredForm.Unbound ? MasterKeyName.Unbound(version) : MasterKeyName.Of(version);
        return new StoredKey(
            form,
            version,
            FromHex(stored[ivTagCiphertext[0]], IvLength, "IV", name, binding),
            FromHex(stored[ivTagCiphertext[1]], TagLength, "tag", name, binding),
            FromHex(stored[ivTagCiphertext[2]], ciphertextLength, "ciphertext", name, binding)
        );
    }

    private static StoredKey TransitOf(ReadOnlySpan<byte> stored, ReadOnlySpan<Range> parts, KeyBinding binding)
    {
        var label = stored[parts[3]];
        if (!stored[parts[2]].SequenceEqual("vault"u8) || label is not [(byte)'v', ..])
        {
            throw new KeyUnusableException(binding, null, "its wrapped data key is in no known form.");
        }

        var version = VersionOf(label[1..], binding);
        var name = MasterKeyName.Transit(version);
        var wrapped = stored[parts[4]];
        if (wrapped.Length is 0 or > WrappedLengthMax || !Base64.IsValid(wrapped))
        {
            throw new KeyUnusableException(binding, name, "its wrapped data key is not base64.");
        }
        return new StoredKey(
            StoredForm.Transit,
            version,
            FromHex(stored[parts[5]], IvLength, "IV", name, binding),
            FromHex(stored[parts[6]], TagLength, "tag", name, binding),
            FromHex(stored[parts[7]], 64, "ciphertext", name, binding),
            $"vault:{Encoding.ASCII.GetString(label)}:{Encoding.ASCII.GetString(wrapped)}"
        );
    }

    private static int VersionOf(ReadOnlySpan<byte> digits, KeyBinding binding)
    {
        if (digits.Length is 0 or > VersionDigitsMax || digits[0] == '0' || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            throw new KeyUnusableException(binding, null, "its version is no number from 1 to 9999.");
        }
        return int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static byte[] FromHex(ReadOnlySpan<byte> hex, int length, string what, string masterKey, KeyBinding binding)
    {
        var bytes = new byte[length];
        // Lower case, as both systems write it: there is one text for one ciphertext, and no byte of it can be another.
        return
            hex.Length == 2 * length
            && !hex.ContainsAnyInRange((byte)'A', (byte)'F')
            && Convert.FromHexString(hex, bytes, out _, out var written) == OperationStatus.Done
            && written == length
            ? bytes
            : throw new KeyUnusableException(binding, masterKey, $"its {what} is not hex of {length} bytes.");
    }
}

internal enum StoredForm
{
    Plaintext,
    Unbound,
    Bound,
    Transit,
}
