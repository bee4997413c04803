namespace Clones.Api.Paging;

/// <summary>A cursor holds an id; lists that are numbered 1, 2, .. put the number into one.</summary>
internal static class SequenceId
{
    public static Guid Of(long sequence)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes[8..], sequence);
        return new Guid(bytes, bigEndian: true);
    }

    public static long Of(Guid id) => System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(id.ToByteArray(bigEndian: true).AsSpan(8));
}
