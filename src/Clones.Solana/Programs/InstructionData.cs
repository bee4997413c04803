using System.Buffers.Binary;
using System.Text;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Writes the little-endian data of an instruction.</summary>
internal sealed class InstructionData
{
    private readonly List<byte> bytes = [];

    public static InstructionData Begin(byte tag) => new InstructionData().Byte(tag);

    public static InstructionData Begin(uint tag) => new InstructionData().UInt32(tag);

    public static InstructionData Begin(ReadOnlySpan<byte> discriminator) => new InstructionData().Bytes(discriminator);

    public InstructionData Byte(byte value)
    {
        bytes.Add(value);
        return this;
    }

    public InstructionData Bytes(ReadOnlySpan<byte> value)
    {
        bytes.AddRange(value);
        return this;
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

    public byte[] ToArray() => [.. bytes];
}
