using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The content of an address-lookup table.</summary>
/// <param name="DeactivationSlot">Null while the table is active.</param>
/// <param name="LastExtendedSlot">Addresses added in this slot can be used from the next one on.</param>
/// <param name="Authority">Null when frozen.</param>
public sealed record LookupTableAccount(
    ulong? DeactivationSlot,
    ulong LastExtendedSlot,
    PublicKey? Authority,
    IReadOnlyList<PublicKey> Addresses
)
{
    private const int MetaSize = 56;
    private const uint LookupTableState = 1;

    /// <exception cref="FormatException">Not a lookup table.</exception>
    public static LookupTableAccount Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        if (data.Length < MetaSize || (data.Length - MetaSize) % PublicKey.Length != 0 || reader.ReadUInt32() != LookupTableState)
        {
            throw new FormatException("This is not an address-lookup table.");
        }

        var deactivationSlot = reader.ReadUInt64();
        var lastExtendedSlot = reader.ReadUInt64();
        reader.ReadByte(); // The index at which the last extension began.
        var hasAuthority = reader.ReadByte() == 1;
        var authority = reader.ReadPublicKey();
        reader.ReadUInt16(); // Padding.
        var addresses = new PublicKey[reader.Remaining / PublicKey.Length];
        for (var i = 0; i < addresses.Length; i++)
        {
            addresses[i] = reader.ReadPublicKey();
        }

        return new LookupTableAccount(
            deactivationSlot == ulong.MaxValue ? null : deactivationSlot,
            lastExtendedSlot,
            hasAuthority ? authority : null,
            addresses
        );
    }
}
