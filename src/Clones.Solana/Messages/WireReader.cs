using System.Buffers.Binary;
using Clones.Solana.Primitives;

namespace Clones.Solana.Messages;

/// <summary>Reads little-endian wire data front to back and never runs over the end.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    public readonly int Remaining => rest.Length;

    public readonly byte Peek() => rest.IsEmpty ? throw CutOff() : rest[0];

    public ReadOnlySpan<byte> Read(int count)
    {
        if (count < 0 || count > rest.Length)
        {
            throw CutOff();
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    public byte ReadByte() => Read(1)[0];

    public ushort ReadUInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Read(sizeof(ushort)));

    public uint ReadUInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Read(sizeof(uint)));

    public ulong ReadUInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Read(sizeof(ulong)));

    public PublicKey ReadPublicKey() => new(Read(PublicKey.Length));

    public readonly void ExpectEnd()
    {
        if (!rest.IsEmpty)
        {
            throw new FormatException($"{rest.Length} bytes too many at the end.");
        }
    }

    private static FormatException CutOff() => new("The data ends too early.");
}
