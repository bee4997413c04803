using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>Gets the creation of an agent's liquidity pool ready for its owner's signature, with the same care as the token creation.</summary>
internal sealed class PreparePoolCreationHandler(DeploymentRequestHandler requests, LiquidityVenueSelector venues, RpcEndpoints rpc)
    : IDeploymentHandler<PreparePoolCreation>
{
    public Task HandleAsync(PreparePoolCreation message, CancellationToken cancellationToken) =>
        requests.HandleAsync(
            message.AgentId,
            TransactionKind.PoolCreation,
            _ => Task.FromResult(true),
            (deployment, _) => PlanAsync(LiquidityPoolSpecs.Of(deployment), cancellationToken),
            cancellationToken
        );

    private async Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec spec, CancellationToken cancellationToken)
    {
        await CheckTokensAsync(spec, cancellationToken);
        var venue = await venues.SelectAsync(cancellationToken);
        return await venue.PlanAsync(spec, cancellationToken);
    }

    // The simulation would reject it too, in words that help nobody.
    private async Task CheckTokensAsync(LiquidityPoolSpec spec, CancellationToken cancellationToken)
    {
        var address = AssociatedTokenAccountProgram.FindAddress(spec.Owner, spec.Mint, spec.TokenProgram);
        var account = await rpc.ReadAsync(
            (client, stop) => client.GetAccountInfoAsync(address, Commitment.Confirmed, cancellationToken: stop),
            cancellationToken
        );
        var held = HeldTokens.Of(account.Value, spec.TokenProgram)?.Amount ?? 0;
        if (held < spec.TokenAmount)
        {
            throw new DeploymentImpossibleException(
                $"The liquidity pool needs {TokenText.Of(spec.TokenAmount, spec.Decimals)} {spec.Ticker}, and your wallet {spec.Owner} "
                    + $"holds {TokenText.Of(held, spec.Decimals)}."
            );
        }
    }
}
