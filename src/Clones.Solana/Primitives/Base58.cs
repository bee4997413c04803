using System.Diagnostics.CodeAnalysis;

namespace Clones.Solana.Primitives;

/// <summary>Base58 with the Bitcoin alphabet, as Solana writes keys, signatures and hashes.</summary>
/// <remarks>The work grows with the square of the length, so decoding rejects texts longer than <see cref="CharsMax"/>.</remarks>
public static class Base58
{
    /// <summary>The longest text that is decoded: enough for a whole transaction of 1,232 bytes.</summary>
    public const int CharsMax = 1_700;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private const byte Invalid = 0xFF;
    private static readonly byte[] Digits = BuildDigits();

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var zeros = bytes.IndexOfAnyExcept((byte)0);
        if (zeros < 0)
        {
            return new string('1', bytes.Length);
        }

        // log(256) / log(58) is a little under 1.37.
        Span<byte> digits = bytes.Length <= 128 ? stackalloc byte[180] : new byte[bytes.Length * 138 / 100 + 1];
        var count = 0;
        foreach (var b in bytes[zeros..])
        {
            var carry = (int)b;
            for (var i = 0; i < count; i++)
            {
                carry += digits[i] << 8;
                digits[i] = (byte)(carry % 58);
                carry /= 58;
            }

            for (; carry > 0; carry /= 58)
            {
                digits[count++] = (byte)(carry % 58);
            }
        }

        Span<char> text = zeros + count <= 256 ? stackalloc char[zeros + count] : new char[zeros + count];
        text[..zeros].Fill('1');
        for (var i = 0; i < count; i++)
        {
            text[zeros + i] = Alphabet[digits[count - 1 - i]];
        }

        return new string(text);
    }

    /// <exception cref="FormatException">A character outside of the alphabet, or too long.</exception>
    public static byte[] Decode(ReadOnlySpan<char> text) =>
        TryDecode(text, out var bytes) ? bytes : throw new FormatException("The text is not base58.");

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length > CharsMax)
        {
            return false;
        }

        var buffer = new byte[text.Length];
        if (!TryDecode(text, buffer, out var length))
        {
            return false;
        }

        bytes = buffer[..length];
        return true;
    }

    /// <summary>Decodes a text that must be exactly as many bytes as the destination holds.</summary>
    internal static bool TryDecodeExactly(ReadOnlySpan<char> text, Span<byte> destination) =>
        // A byte is at least one character when it is zero, and at most 1.37 characters otherwise.
        text.Length >= destination.Length
        && text.Length <= destination.Length * 138 / 100 + 1
        && TryDecode(text, destination, out var length)
        && length == destination.Length;

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int length)
    {
        length = 0;
        var zeros = text.IndexOfAnyExcept('1');
        if (zeros < 0)
        {
            zeros = text.Length;
        }

        // Little-endian at first; turned round at the end.
        var count = 0;
        foreach (var c in text[zeros..])
        {
            if (c >= Digits.Length || Digits[c] == Invalid)
            {
                return false;
            }

            var carry = (int)Digits[c];
            for (var i = 0; i < count; i++)
            {
                carry += destination[i] * 58;
                destination[i] = (byte)carry;
                carry >>= 8;
            }

            if (carry > 0)
            {
                if (count == destination.Length)
                {
                    return false;
                }

                destination[count++] = (byte)carry;
            }
        }

        if (zeros + count > destination.Length)
        {
            return false;
        }

        destination[count..(zeros + count)].Clear();
        destination[..(zeros + count)].Reverse();
        length = zeros + count;
        return true;
    }

    private static byte[] BuildDigits()
    {
        var digits = new byte[128];
        digits.AsSpan().Fill(Invalid);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            digits[Alphabet[i]] = (byte)i;
        }

        return digits;
    }
}
