using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The terms under which pools of one config are created and traded, as the config account on chain says.</summary>
/// <param name="TradeFeeRate">Millionths of a swap.</param>
/// <param name="CreatePoolFeeLamports">What <see cref="RaydiumCpmm.Initialize"/> takes from the creator, besides rent.</param>
public sealed record RaydiumCpmmConfigAccount(
    bool IsPoolCreationDisabled,
    ushort Index,
    ulong TradeFeeRate,
    ulong ProtocolFeeRate,
    ulong FundFeeRate,
    ulong CreatePoolFeeLamports,
    PublicKey ProtocolOwner,
    PublicKey FundOwner
)
{
    /// <summary>Bytes of the account.</summary>
    public const int Size = 236;

    // The first 8 bytes of SHA-256("account:AmmConfig").
    private static ReadOnlySpan<byte> TypeName => [218, 244, 33, 104, 203, 203, 43, 111];

    /// <summary>Reads the account's data. The caller checks that Raydium's program owns the account.</summary>
    /// <exception cref="FormatException">Not a config.</exception>
    public static RaydiumCpmmConfigAccount Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        if (data.Length != Size || !reader.Read(TypeName.Length).SequenceEqual(TypeName))
        {
            throw new FormatException("This is not a Raydium CPMM config.");
        }

        reader.ReadByte(); // The bump of its address.
        return new RaydiumCpmmConfigAccount(
            TokenOption.ReadBool(ref reader),
            reader.ReadUInt16(),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            reader.ReadUInt64(),
            reader.ReadPublicKey(),
            reader.ReadPublicKey()
        );
    }
}
