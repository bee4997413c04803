using System.Text;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Name, symbol and link of a token, kept inside its Token-2022 mint.</summary>
/// <param name="UpdateAuthority">Null: nobody can change it any more.</param>
public sealed record TokenMetadata(
    PublicKey? UpdateAuthority,
    PublicKey Mint,
    string Name,
    string Symbol,
    string Uri,
    IReadOnlyList<KeyValuePair<string, string>> Additional
)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Bytes of the extension's value.</summary>
    public int Size =>
        2 * PublicKey.Length
        + SizeOf(Name)
        + SizeOf(Symbol)
        + SizeOf(Uri)
        + sizeof(uint)
        + Additional.Sum(pair => SizeOf(pair.Key) + SizeOf(pair.Value));

    /// <exception cref="FormatException">Cut off, bytes left over or not UTF-8.</exception>
    public static TokenMetadata Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        var authority = reader.ReadPublicKey();
        var mint = reader.ReadPublicKey();
        var name = ReadText(ref reader);
        var symbol = ReadText(ref reader);
        var uri = ReadText(ref reader);
        var additional = new List<KeyValuePair<string, string>>();
        for (var left = reader.ReadUInt32(); left > 0; left--)
        {
            additional.Add(new KeyValuePair<string, string>(ReadText(ref reader), ReadText(ref reader)));
        }

        reader.ExpectEnd();
        return new TokenMetadata(authority == default ? null : authority, mint, name, symbol, uri, additional);
    }

    private static int SizeOf(string text) => sizeof(uint) + Encoding.UTF8.GetByteCount(text);

    private static string ReadText(ref WireReader reader)
    {
        var length = reader.ReadUInt32();
        if (length > reader.Remaining)
        {
            throw new FormatException("The data ends too early.");
        }

        try
        {
            return StrictUtf8.GetString(reader.Read((int)length));
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("A text is not UTF-8.");
        }
    }
}
