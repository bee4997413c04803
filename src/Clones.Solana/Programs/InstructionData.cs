using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Writes the little-endian data of an instruction, into a buffer of the pool that <see cref="ToArray"/> gives back.</summary>
internal readonly struct InstructionData
{
    private const int BytesMin = 256;

    private readonly byte[] buffer;
    private readonly int length;

    private InstructionData(byte[] buffer, int length) => (this.buffer, this.length) = (buffer, length);

    public static InstructionData Begin(byte tag) => Begin().Byte(tag);

    public static InstructionData Begin(uint tag) => Begin().UInt32(tag);

    public static InstructionData Begin(ReadOnlySpan<byte> discriminator) => Begin().Bytes(discriminator);

    public InstructionData Byte(byte value) => Bytes([value]);

    /// <returns>This and the value behind it. What it was called on is used up.</returns>
    public InstructionData Bytes(ReadOnlySpan<byte> value)
    {
        var room = buffer;
        if (room.Length - length < value.Length)
        {
            room = ArrayPool<byte>.Shared.Rent(Math.Max(2 * length, length + value.Length));
            buffer.AsSpan(0, length).CopyTo(room);
            ArrayPool<byte>.Shared.Return(buffer);
        }

        value.CopyTo(room.AsSpan(length));
        return new InstructionData(room, length + value.Length);
    }

    public InstructionData UInt16(ushort value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(buffer, value);
        return Bytes(buffer);
    }

    public InstructionData UInt32(uint value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, value);
        return Bytes(buffer);
    }

    public InstructionData UInt64(ulong value)
    {
        Span<byte> buffer = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        return Bytes(buffer);
    }

    public InstructionData Key(PublicKey value) => Bytes(value.Span);

    /// <summary>One byte that says whether a key follows.</summary>
    public InstructionData OptionalKey(PublicKey? value) => value is { } key ? Byte(1).Key(key) : Byte(0);

    /// <summary>A key in place, all zero for none.</summary>
    public InstructionData KeyOrZero(PublicKey? value) => Key(value ?? default);

    /// <summary>UTF-8 with a length of four bytes (Borsh).</summary>
    public InstructionData Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        return UInt32((uint)utf8.Length).Bytes(utf8);
    }

    /// <summary>UTF-8 with a length of eight bytes (bincode).</summary>
    public InstructionData LongText(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        return UInt64((ulong)utf8.Length).Bytes(utf8);
    }

    public byte[] ToArray()
    {
        var data = buffer.AsSpan(0, length).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return data;
    }

    private static InstructionData Begin() => new(ArrayPool<byte>.Shared.Rent(BytesMin), 0);
}
