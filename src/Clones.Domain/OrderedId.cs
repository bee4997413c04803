using System.Buffers.Binary;

namespace Clones.Domain;

/// <summary>Ids that lie in the order of their times to the microsecond, so that lists by id keep the order of what was made in one commit.</summary>
public static class OrderedId
{
    /// <summary>Below every id of this millisecond and later, and above every id of earlier ones.</summary>
    public static Guid FloorOf(long unixMilliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, unixMilliseconds) << 16);
        bytes[6] = 0x70;
        return new Guid(bytes, bigEndian: true);
    }

    /// <returns>
    /// A UUID of version 7 whose first 12 random bits are the fraction of the millisecond instead (RFC 9562, 6.2, method 3); the other 62 are random.
    /// </returns>
    public static Guid At(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(time).TryWriteBytes(bytes, bigEndian: true, out _);
        var fraction = time.UtcTicks % TimeSpan.TicksPerMillisecond * 4096 / TimeSpan.TicksPerMillisecond;
        bytes[6] = (byte)(0x70 | (fraction >> 8));
        bytes[7] = (byte)fraction;
        return new Guid(bytes, bigEndian: true);
    }
}
