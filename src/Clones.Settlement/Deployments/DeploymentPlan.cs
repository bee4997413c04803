using Clones.Solana.Messages;

namespace Clones.Settlement.Deployments;

/// <summary>What a transaction of a deployment shall do, before it has a blockhash.</summary>
/// <param name="Instructions">All but compute budget and memo.</param>
/// <param name="ComputeUnitLimit">Ceiling of its computation; the simulation shows whether it is enough.</param>
/// <param name="RentLamports">Rent of all accounts that it creates.</param>
/// <param name="VenueFeeLamports">What the liquidity venue takes.</param>
/// <param name="LiquidityLamports">SOL that goes into the liquidity pool.</param>
/// <param name="Steps">What it does, one sentence each, for the owner.</param>
internal sealed record DeploymentPlan(
    IReadOnlyList<Instruction> Instructions,
    uint ComputeUnitLimit,
    ulong RentLamports,
    ulong VenueFeeLamports,
    ulong LiquidityLamports,
    IReadOnlyList<string> Steps
);
