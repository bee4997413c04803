using Clones.Solana.Primitives;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments.Venues;

/// <summary>Where liquidity pools are made. A pool of one agent exists at most once, by its derived address.</summary>
internal interface ILiquidityVenue
{
    /// <summary>The pool's address, the same before and after it exists.</summary>
    PublicKey AddressOf(LiquidityPoolSpec spec);

    /// <exception cref="DeploymentImpossibleException">The venue does not take such a pool.</exception>
    Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec spec, CancellationToken cancellationToken);

    /// <summary>Looks at the chain.</summary>
    /// <param name="spec">The pool that is looked for.</param>
    /// <param name="commitment">Finalized to believe what is seen; confirmed to hold off.</param>
    /// <param name="minContextSlot">A slot that the answering node must have reached; null where any will do.</param>
    Task<PoolFinding> FindAsync(LiquidityPoolSpec spec, Commitment commitment, ulong? minContextSlot, CancellationToken cancellationToken);
}

/// <summary>The pool that is wanted.</summary>
/// <param name="Payer">Pays SOL, fees and rent.</param>
/// <param name="Owner">Holds the tokens, and the pool's shares after.</param>
/// <param name="TokenAmount">Base units.</param>
internal sealed record LiquidityPoolSpec(
    Guid AgentId,
    PublicKey Payer,
    PublicKey Owner,
    PublicKey Mint,
    PublicKey TokenProgram,
    byte Decimals,
    string Ticker,
    ulong TokenAmount,
    ulong Lamports
);

/// <summary>What the finalized chain shows of a pool.</summary>
internal abstract record PoolFinding
{
    private PoolFinding() { }

    public sealed record Missing : PoolFinding;

    /// <summary>It belongs to the venue and holds what was wanted.</summary>
    public sealed record AsPromised : PoolFinding;

    public sealed record Different(string Reason) : PoolFinding;
}
