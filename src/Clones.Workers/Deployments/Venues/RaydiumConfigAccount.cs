using System.Buffers.Binary;

namespace Clones.Workers.Deployments.Venues;

/// <summary>A fee tier of Raydium CPMM, as its account says it.</summary>
/// <param name="PoolFeeLamports">What the creation of a pool costs, rent aside.</param>
internal sealed record RaydiumConfigAccount(bool IsClosedForNewPools, ulong PoolFeeLamports)
{
    // Behind the Anchor name (8 bytes): bump u8, disable_create_pool bool, index u16, three fee rates u64, create_pool_fee u64.
    private const int ClosedOffset = 9;
    private const int PoolFeeOffset = 36;

    /// <exception cref="FormatException">Too short for a config.</exception>
    public static RaydiumConfigAccount Decode(ReadOnlySpan<byte> data) =>
        data.Length >= PoolFeeOffset + sizeof(ulong)
            ? new RaydiumConfigAccount(data[ClosedOffset] != 0, BinaryPrimitives.ReadUInt64LittleEndian(data[PoolFeeOffset..]))
            : throw new FormatException("The account is too short for a Raydium config.");
}
