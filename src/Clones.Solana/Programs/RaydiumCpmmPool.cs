using System.Buffers.Binary;
using Clones.Solana.Primitives;

namespace Clones.Solana.Programs;

/// <summary>The derived addresses of one pool. A pool's state exists at most once per config and pair of mints.</summary>
/// <param name="Mint0">The smaller mint by raw bytes; every 0 and 1 follows this order.</param>
public sealed record RaydiumCpmmPool(
    PublicKey Config,
    PublicKey Authority,
    PublicKey State,
    PublicKey Mint0,
    PublicKey Mint1,
    PublicKey LpMint,
    PublicKey Vault0,
    PublicKey Vault1,
    PublicKey Observation
)
{
    /// <exception cref="ArgumentException">Both mints are the same.</exception>
    public static RaydiumCpmmPool Derive(RaydiumCpmmCluster cluster, ushort configIndex, PublicKey mintA, PublicKey mintB)
    {
        if (mintA == mintB)
        {
            throw new ArgumentException("Both sides of the pool are the same mint.", nameof(mintB));
        }

        var (mint0, mint1) = mintA < mintB ? (mintA, mintB) : (mintB, mintA);
        var program = cluster.ProgramId;
        var config = DeriveConfig(cluster, configIndex);
        var state = Find(program, "pool"u8, config, mint0, mint1);
        return new RaydiumCpmmPool(
            config,
            Find(program, "vault_and_lp_mint_auth_seed"u8),
            state,
            mint0,
            mint1,
            Find(program, "pool_lp_mint"u8, state),
            Find(program, "pool_vault"u8, state, mint0),
            Find(program, "pool_vault"u8, state, mint1),
            Find(program, "observation"u8, state)
        );
    }

    public static PublicKey DeriveConfig(RaydiumCpmmCluster cluster, ushort configIndex)
    {
        // Big-endian, unlike everything else on this chain.
        var index = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(index, configIndex);
        return PublicKey.FindProgramAddress(["amm_config"u8.ToArray(), index], cluster.ProgramId).Address;
    }

    private static PublicKey Find(PublicKey program, ReadOnlySpan<byte> name, params ReadOnlySpan<PublicKey> keys)
    {
        var seeds = new byte[keys.Length + 1][];
        seeds[0] = name.ToArray();
        for (var i = 0; i < keys.Length; i++)
        {
            seeds[i + 1] = keys[i].ToArray();
        }

        return PublicKey.FindProgramAddress(seeds, program).Address;
    }
}
