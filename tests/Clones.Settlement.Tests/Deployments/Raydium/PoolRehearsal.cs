using Clones.Settlement.Deployments;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Tests.Deployments.Raydium;

/// <summary>Everything of a deployment but Raydium's own part, executed by the real programs of a local cluster.</summary>
/// <param name="Message">The pool creation as the owner signs it.</param>
/// <param name="Call">The call of Raydium's program in it.</param>
/// <param name="OwnerLamports">Of the owner, before the pool creation.</param>
/// <param name="WrappedBefore">The owner's wrapped SOL, before; null where there was no account.</param>
/// <param name="Chain">As the instructions before the call leave it.</param>
/// <param name="UnitsAround">Compute units of what stands before and after the call.</param>
internal sealed record PoolRehearsal(
    LiquidityPoolSpec Spec,
    DeploymentPlan Plan,
    Message Message,
    InitializeCall Call,
    ulong OwnerLamports,
    ulong? WrappedBefore,
    CpmmChain Chain,
    ulong UnitsAround
)
{
    public IReadOnlyList<string> BrokenRules() => BrokenRules(Call, Chain);

    public static IReadOnlyList<string> BrokenRules(InitializeCall call, CpmmChain chain)
    {
        string[] broken = [.. InitializeAccountRules.Of(call, chain).Where(rule => !rule.Holds).Select(rule => rule.Name)];
        // As on chain: the function runs only where the accounts are right.
        return broken.Length > 0
            ? broken
            : [.. new InitializeBody(call, chain).Rules().Where(rule => !rule.Holds).Select(rule => rule.Name)];
    }

    public override string ToString() => $"{Spec.TokenProgram}, {Spec.Mint}";
}
