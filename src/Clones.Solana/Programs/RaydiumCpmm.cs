using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>Creates constant-product liquidity pools on Raydium (CPMM). No HTTP API of Raydium is needed.</summary>
public static class RaydiumCpmm
{
    // The Anchor name: the first 8 bytes of SHA-256("global:initialize").
    private static ReadOnlySpan<byte> InitializeName => [175, 175, 109, 31, 13, 152, 155, 237];

    /// <summary>Creates the pool, deposits both sides and gives the creator its LP tokens (less the 100 units that stay locked).</summary>
    /// <remarks>
    /// The creator holds both tokens in associated accounts; wrapped SOL is wrapped before and its account closed after. Besides rent
    /// the program takes the config's pool-creation fee in SOL (0.15 in config 0). LP minted is floor(sqrt(amount0 * amount1)).
    /// The two sides may be given in either order.
    /// </remarks>
    /// <param name="openTime">Unix seconds from which swaps are allowed; 0: at once.</param>
    /// <exception cref="ArgumentException">Both sides are the same mint, or a token program is unknown.</exception>
    public static Instruction Initialize(
        RaydiumCpmmCluster cluster,
        ushort configIndex,
        PublicKey creator,
        RaydiumCpmmSide sideA,
        RaydiumCpmmSide sideB,
        ulong openTime
    )
    {
        if (!TokenProgram.IsTokenProgram(sideA.TokenProgram) || !TokenProgram.IsTokenProgram(sideB.TokenProgram))
        {
            throw new ArgumentException("A side names a token program that is neither SPL Token nor Token-2022.");
        }

        var pool = RaydiumCpmmPool.Derive(cluster, configIndex, sideA.Mint, sideB.Mint);
        var (side0, side1) = sideA.Mint < sideB.Mint ? (sideA, sideB) : (sideB, sideA);
        return new Instruction(
            cluster.ProgramId,
            [
                AccountMeta.Writable(creator, isSigner: true),
                AccountMeta.ReadOnly(pool.Config),
                AccountMeta.ReadOnly(pool.Authority),
                AccountMeta.Writable(pool.State),
                AccountMeta.ReadOnly(side0.Mint),
                AccountMeta.ReadOnly(side1.Mint),
                AccountMeta.Writable(pool.LpMint),
                AccountMeta.Writable(AssociatedTokenAccountProgram.FindAddress(creator, side0.Mint, side0.TokenProgram)),
                AccountMeta.Writable(AssociatedTokenAccountProgram.FindAddress(creator, side1.Mint, side1.TokenProgram)),
                AccountMeta.Writable(AssociatedTokenAccountProgram.FindAddress(creator, pool.LpMint, TokenProgram.Id)),
                AccountMeta.Writable(pool.Vault0),
                AccountMeta.Writable(pool.Vault1),
                AccountMeta.Writable(cluster.FeeReceiver),
                AccountMeta.Writable(pool.Observation),
                AccountMeta.ReadOnly(TokenProgram.Id),
                AccountMeta.ReadOnly(side0.TokenProgram),
                AccountMeta.ReadOnly(side1.TokenProgram),
                AccountMeta.ReadOnly(AssociatedTokenAccountProgram.Id),
                AccountMeta.ReadOnly(SystemProgram.Id),
                AccountMeta.ReadOnly(Sysvars.Rent),
            ],
            InstructionData.Begin(InitializeName).UInt64(side0.Amount).UInt64(side1.Amount).UInt64(openTime).ToArray()
        );
    }
}
