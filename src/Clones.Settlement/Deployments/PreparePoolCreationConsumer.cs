using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Settlement.Deployments.Venues;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using MassTransit;

namespace Clones.Settlement.Deployments;

/// <summary>Gets the creation of an agent's liquidity pool ready for its owner's signature, with the same care as the token creation.</summary>
internal sealed class PreparePoolCreationConsumer(DeploymentRequestHandler requests, LiquidityVenueSelector venues, RpcEndpoints rpc)
    : IConsumer<PreparePoolCreation>
{
    public Task Consume(ConsumeContext<PreparePoolCreation> context) =>
        requests.HandleAsync(
            context,
            context.Message.AgentId,
            TransactionKind.PoolCreation,
            _ => Task.FromResult(true),
            (deployment, _) => PlanAsync(LiquidityPoolSpecs.Of(deployment), context.CancellationToken)
        );

    private async Task<DeploymentPlan> PlanAsync(LiquidityPoolSpec wish, CancellationToken cancellationToken)
    {
        await CheckTokensAsync(wish, cancellationToken);
        var venue = await venues.SelectAsync(cancellationToken);
        return await venue.PlanAsync(wish, cancellationToken);
    }

    // The simulation would reject it too, in words that help nobody.
    private async Task CheckTokensAsync(LiquidityPoolSpec wish, CancellationToken cancellationToken)
    {
        var address = AssociatedTokenAccountProgram.FindAddress(wish.Owner, wish.Mint, wish.TokenProgram);
        var account = await rpc.ReadAsync(
            (client, stop) => client.GetAccountInfoAsync(address, Commitment.Confirmed, cancellationToken: stop),
            cancellationToken
        );
        var held = HeldTokens.Of(account.Value, wish.TokenProgram)?.Amount ?? 0;
        if (held < wish.TokenAmount)
        {
            throw new DeploymentImpossibleException(
                $"The liquidity pool needs {TokenText.Of(wish.TokenAmount, wish.Decimals)} {wish.Ticker}, and your wallet {wish.Owner} "
                    + $"holds {TokenText.Of(held, wish.Decimals)}."
            );
        }
    }
}
