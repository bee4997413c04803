using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>
/// Whether a Raydium pool is the one that was wanted. The amounts of its vaults are no part of it: the pool is open at once, and a swap may
/// have moved them before anybody looks. That they were right at creation follows from the program: it takes exactly what was signed.
/// </summary>
internal static class RaydiumPoolCheck
{
    public static PoolFinding Of(
        RaydiumCpmmPool pool,
        PublicKey programId,
        LiquidityPoolSpec spec,
        AccountInfo? state,
        AccountInfo? vault0,
        AccountInfo? vault1
    )
    {
        if (state is null || state.Owner == SystemProgram.Id)
        {
            // Lamports that somebody sent to the address are no pool.
            return new PoolFinding.Missing();
        }

        if (state.Owner != programId)
        {
            return new PoolFinding.Different($"the account {pool.State} belongs to {state.Owner}, not to Raydium's program");
        }

        RaydiumCpmmPoolAccount found;
        try
        {
            found = RaydiumCpmmPoolAccount.Decode(state.Data.Span);
        }
        catch (FormatException)
        {
            return new PoolFinding.Different($"the account {pool.State} is not a pool");
        }

        if (
            (found.Config, found.Vault0, found.Vault1, found.Mint0, found.Mint1, found.LpMint)
            != (pool.Config, pool.Vault0, pool.Vault1, pool.Mint0, pool.Mint1, pool.LpMint)
        )
        {
            return new PoolFinding.Different($"the pool {pool.State} is not that of {spec.Mint} and wrapped SOL");
        }

        // There is one address for a config and two mints, and whoever holds both tokens can be the first there.
        if (found.Creator != spec.Owner)
        {
            return new PoolFinding.Different($"the pool {pool.State} was made by {found.Creator}, not by {spec.Owner}");
        }

        return Holds(vault0, pool.Mint0, pool, spec) && Holds(vault1, pool.Mint1, pool, spec)
            ? new PoolFinding.AsPromised()
            : new PoolFinding.Different($"a vault of the pool {pool.State} is empty or not the pool's");
    }

    private static bool Holds(AccountInfo? vault, PublicKey mint, RaydiumCpmmPool pool, LiquidityPoolSpec spec) =>
        HeldTokens.Of(vault, mint == spec.Mint ? spec.TokenProgram : TokenProgram.Id) is { Amount: > 0 } held
        && held.Mint == mint
        && held.Owner == pool.Authority;
}
