namespace Clones.Solana.Messages;

/// <summary>The length prefix of Solana's wire format: seven bits a byte, lowest first, at most 65,535.</summary>
internal static class ShortVec
{
    public static int Size(int value) =>
        value switch
        {
            < 0x80 => 1,
            < 0x4000 => 2,
            _ => 3,
        };

    public static int Write(Span<byte> destination, int value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ushort.MaxValue);
        var length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            destination[length++] = (byte)(value | 0x80);
        }

        destination[length++] = (byte)value;
        return length;
    }

    /// <exception cref="FormatException">Cut off, longer than needed for its value, or above 65,535.</exception>
    public static int Read(ref WireReader reader)
    {
        var value = 0;
        for (var position = 0; position < 3; position++)
        {
            var b = reader.ReadByte();
            // A last byte of zero says the same as the shorter form: one transaction would have two encodings.
            if (position > 0 && b == 0)
            {
                throw new FormatException("A length prefix is not in its shortest form.");
            }

            value |= (b & 0x7F) << (7 * position);
            if ((b & 0x80) == 0)
            {
                return value <= ushort.MaxValue ? value : throw new FormatException("A length prefix is above 65,535.");
            }
        }

        throw new FormatException("A length prefix is longer than three bytes.");
    }
}
