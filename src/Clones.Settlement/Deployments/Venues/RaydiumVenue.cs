using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>
/// Raydium CPMM. The owner is the pool's creator and gets its shares; the program takes fee and rent from the creator, so a deposit
/// wallet that pays hands exactly those over first, in the same transaction, and pays the SOL side into the owner's wrapped-SOL account.
/// Of Token-2022 it takes mints with metadata, as ours are, and it does not ask who may mint or freeze.
/// </summary>
internal sealed class RaydiumVenue(RpcEndpoints rpc, WalletBalances balances, RaydiumCpmmCluster cluster, ushort configIndex)
    : ILiquidityVenue
{
    // About 230,000 are used; the many derived addresses make it vary.
    private const uint ComputeUnitLimit = 500_000;

    private const ulong LockedShares = 100;

    public PublicKey AddressOf(LiquidityPoolSpec spec) => PoolOf(spec).State;

    public async Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec spec, CancellationToken cancellationToken)
    {
        var pool = PoolOf(spec);
        RejectTooLittle(spec);
        var wrapped = AssociatedTokenAccountProgram.FindAddress(spec.Owner, TokenProgram.NativeMint, TokenProgram.Id);
        var accounts = await rpc.ReadAsync(
            (client, stop) =>
                client.GetMultipleAccountsAsync([pool.Config, cluster.FeeReceiver, wrapped], Commitment.Confirmed, cancellationToken: stop),
            cancellationToken
        );
        var config = new RaydiumTerms(cluster, configIndex).OfConfig(pool.Config, accounts.Value[0], accounts.Value[1]);
        var poolFee = config.CreatePoolFeeLamports;
        var rents = await RaydiumRents.AskAsync(balances, cancellationToken);
        var wrapsAnew = WrappedSol.MustBeMade(wrapped, spec.Owner, accounts.Value[2]);
        return new DeploymentPlan(
            Instructions(spec, wrapped, wrapsAnew, checked(poolFee + rents.PoolLamports)),
            ComputeUnitLimit,
            RentLamports: rents.PoolLamports + (wrapsAnew ? rents.TokenAccountLamports : 0),
            VenueFeeLamports: poolFee,
            LiquidityLamports: spec.Lamports,
            Describe(spec, pool, poolFee)
        );
    }

    public async Task<PoolFinding> FindAsync(
        LiquidityPoolSpec spec,
        Commitment commitment,
        ulong? minContextSlot,
        CancellationToken cancellationToken
    )
    {
        var pool = PoolOf(spec);
        var accounts = await rpc.ReadAsync(
            (client, stop) => client.GetMultipleAccountsAsync([pool.State, pool.Vault0, pool.Vault1], commitment, minContextSlot, stop),
            cancellationToken
        );
        return RaydiumPoolCheck.Of(pool, cluster.ProgramId, spec, accounts.Value[0], accounts.Value[1], accounts.Value[2]);
    }

    private RaydiumCpmmPool PoolOf(LiquidityPoolSpec spec) =>
        RaydiumCpmmPool.Derive(cluster, configIndex, spec.Mint, TokenProgram.NativeMint);

    // The program mints floor(sqrt(a * b)) shares and keeps 100 of them for ever; it rejects a pool that has not even those.
    private static void RejectTooLittle(LiquidityPoolSpec spec)
    {
        if ((UInt128)spec.TokenAmount * spec.Lamports < LockedShares * LockedShares)
        {
            throw new DeploymentImpossibleException(
                $"{TokenText.Of(spec.TokenAmount, spec.Decimals)} {spec.Ticker} and {TokenText.Sol(spec.Lamports)} SOL are too little for a "
                    + $"pool on Raydium: their base units multiplied must be at least {LockedShares * LockedShares}."
            );
        }
    }

    private Instruction[] Instructions(LiquidityPoolSpec spec, PublicKey wrapped, bool wrapsAnew, ulong toCreator)
    {
        var initialize = RaydiumCpmm.Initialize(
            cluster,
            configIndex,
            spec.Owner,
            new RaydiumCpmmSide(spec.Mint, spec.TokenProgram, spec.TokenAmount),
            new RaydiumCpmmSide(TokenProgram.NativeMint, TokenProgram.Id, spec.Lamports),
            openTime: 0
        );
        Instruction[] core =
        [
            // The program takes these from the creator, who has them where the owner pays.
            .. spec.Payer == spec.Owner ? Array.Empty<Instruction>() : [SystemProgram.Transfer(spec.Payer, spec.Owner, toCreator)],
            SystemProgram.Transfer(spec.Payer, wrapped, spec.Lamports),
            TokenProgram.SyncNative(wrapped, TokenProgram.Id),
            initialize,
        ];

        // An account that the owner had before holds SOL of theirs: it is used and left open. One that is made here is closed again, and
        // is made by Create, so that one that turned up meanwhile makes the transaction fail instead of being emptied.
        return wrapsAnew
            ?
            [
                AssociatedTokenAccountProgram.Create(spec.Payer, spec.Owner, TokenProgram.NativeMint, TokenProgram.Id),
                .. core,
                TokenProgram.CloseAccount(wrapped, spec.Payer, spec.Owner, TokenProgram.Id),
            ]
            : core;
    }

    private static string[] Describe(LiquidityPoolSpec spec, RaydiumCpmmPool pool, ulong poolFee) =>
        [
            $"Creates a liquidity pool on Raydium (CPMM) at {pool.State}, open for trade at once.",
            $"Puts {TokenText.Of(spec.TokenAmount, spec.Decimals)} {spec.Ticker} of your wallet {spec.Owner} into it.",
            $"Puts {TokenText.Sol(spec.Lamports)} SOL of {PayerText.Of(spec.Payer, spec.Owner)} into it.",
            $"Gives the pool's shares (mint {pool.LpMint}) to your wallet.",
            $"{PayerText.Subject(spec.Payer, spec.Owner)} pays the fee, the rent and Raydium's fee of {TokenText.Sol(poolFee)} SOL.",
        ];
}
