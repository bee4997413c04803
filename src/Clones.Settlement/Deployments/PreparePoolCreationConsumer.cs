using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Settlement.Deployments.Venues;
using Clones.Settlement.Store;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using MassTransit;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>Gets the creation of an agent's liquidity pool ready for its owner's signature, with the same care as the token creation.</summary>
internal sealed class PreparePoolCreationConsumer(
    IDeploymentWork work,
    DeploymentTransactions transactions,
    DeploymentPreparation preparation,
    DeploymentAdoption adoption,
    DeploymentChainReader sight,
    OwnerHeldAttempts held,
    LiquidityVenueSelector venues,
    RpcEndpoints rpc
) : IConsumer<PreparePoolCreation>
{
    public async Task Consume(ConsumeContext<PreparePoolCreation> context)
    {
        var agentId = context.Message.AgentId;
        try
        {
            if (await work.LockAgentAsync(agentId, AgentStatus.PendingPoolSignature, context.CancellationToken) is var (agent, _))
            {
                await PrepareAsync(context, Deployment.Of(agent));
            }
        }
        catch (DeploymentImpossibleException impossible)
        {
            await context.Publish(DeploymentFailure.Of(agentId, impossible.Message, null));
        }
    }

    private async Task PrepareAsync(ConsumeContext<PreparePoolCreation> context, Deployment deployment)
    {
        var cancellation = context.CancellationToken;
        var open = await work.LockOpenAsync(deployment.Agent.Id, TransactionKind.PoolCreation, cancellation);
        if (open is not null && DeploymentTransactions.HasLiveAttempt(open))
        {
            return;
        }

        var venue = await venues.SelectAsync(cancellation);
        var wish = LiquidityPoolSpecs.Of(deployment);
        var seen = open?.Attempts.Max(a => a.Slot);
        switch (await venue.FindAsync(wish, Commitment.Finalized, seen, cancellation))
        {
            case PoolFinding.AsPromised:
                var (transactionId, made) = await adoption.AdoptAsync(
                    deployment,
                    TransactionKind.PoolCreation,
                    open,
                    venue.AddressOf(wish),
                    isAsPromised: true,
                    cancellation
                );
                await context.Publish(DeploymentSuccess.Of(TransactionKind.PoolCreation, deployment.Agent.Id, transactionId, made));
                return;
            case PoolFinding.Different different:
                await FailAsync(
                    context,
                    deployment,
                    $"The liquidity pool on chain is not the one that was promised: {different.Reason}.",
                    open
                );
                return;
            case PoolFinding.Missing when open?.Status == TransactionStatus.Finalized:
                // A pool is for ever: the node that shows none may know nothing, or lie. The sweeper asks again.
                if (await sight.IsNowhereAsync(deployment, TransactionKind.PoolCreation, seen, cancellation))
                {
                    await FailAsync(context, deployment, "The pool creation landed and made no liquidity pool.", open);
                }

                return;
        }

        if (open is not null && await transactions.IsPreparedAndGoodAsync(open, cancellation))
        {
            return;
        }

        // What is in the hands of an owner who pays is replaced when it is dead, and not before.
        if (open is not null && await held.SettleAsync(context, open) is not (null or OwnerHeldAttempt.Dead))
        {
            return;
        }

        if (await venue.FindAsync(wish, Commitment.Confirmed, null, cancellation) is not PoolFinding.Missing)
        {
            // Seen, and not final, as when its owner makes it elsewhere: what would be prepared beside it could only fail. The sweeper asks again.
            return;
        }

        await CheckTokensAsync(wish, cancellation);
        var plan = await venue.PlanAsync(wish, cancellation);
        var result = await preparation.PrepareAsync(deployment, TransactionKind.PoolCreation, open, plan, cancellation);
        if (result.Impossible is { } reason)
        {
            await context.Publish(DeploymentFailure.Of(deployment.Agent.Id, reason, result.TransactionId));
        }
    }

    private async Task FailAsync(ConsumeContext context, Deployment deployment, string reason, ChainTransaction? open)
    {
        await held.GiveUpAsync(open, reason, context.CancellationToken);
        await context.Publish(DeploymentFailure.Of(deployment.Agent.Id, reason, open?.Id));
    }

    // The simulation would refuse it too, in words that help nobody.
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
