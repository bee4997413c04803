using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The state of one liquidity pool, as its account on chain says.</summary>
/// <param name="LpSupply">Shares in base units. At creation floor(sqrt(a * b)), which counts the 100 that nobody gets.</param>
/// <param name="OpenTime">Unix seconds from which swaps are allowed.</param>
public sealed record RaydiumCpmmPoolAccount(
    PublicKey Config,
    PublicKey Creator,
    PublicKey Vault0,
    PublicKey Vault1,
    PublicKey LpMint,
    PublicKey Mint0,
    PublicKey Mint1,
    PublicKey TokenProgram0,
    PublicKey TokenProgram1,
    PublicKey Observation,
    byte Status,
    byte LpDecimals,
    byte Decimals0,
    byte Decimals1,
    ulong LpSupply,
    ulong OpenTime
)
{
    /// <summary>Bytes of the account.</summary>
    public const int Size = 637;

    // The first 8 bytes of SHA-256("account:PoolState").
    private static ReadOnlySpan<byte> TypeName => [247, 237, 227, 245, 215, 195, 222, 70];

    /// <summary>Reads the account's data. The caller checks that Raydium's program owns the account.</summary>
    /// <exception cref="FormatException">Not a pool.</exception>
    public static RaydiumCpmmPoolAccount Decode(ReadOnlySpan<byte> data)
    {
        var reader = new WireReader(data);
        if (data.Length != Size || !reader.Read(TypeName.Length).SequenceEqual(TypeName))
        {
            throw new FormatException("This is not a Raydium CPMM pool.");
        }

        var keys = new PublicKey[10];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = reader.ReadPublicKey();
        }

        reader.ReadByte(); // The bump of the authority's address.
        var (status, lpDecimals, decimals0, decimals1) = (reader.ReadByte(), reader.ReadByte(), reader.ReadByte(), reader.ReadByte());
        var lpSupply = reader.ReadUInt64();
        reader.Read(4 * sizeof(ulong)); // Fees not yet collected: protocol 0 and 1, fund 0 and 1.
        return new RaydiumCpmmPoolAccount(
            keys[0],
            keys[1],
            keys[2],
            keys[3],
            keys[4],
            keys[5],
            keys[6],
            keys[7],
            keys[8],
            keys[9],
            status,
            lpDecimals,
            decimals0,
            decimals1,
            lpSupply,
            reader.ReadUInt64()
        );
    }
}
