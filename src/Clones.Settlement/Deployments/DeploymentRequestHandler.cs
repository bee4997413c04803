using Clones.Domain.Transactions;
using Clones.Settlement.Store;
using MassTransit;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Gets a token or a liquidity pool creation ready for its owner's signature. Any number of times: what is good is kept, what may land is left
/// alone, what is on chain is adopted.
/// </summary>
internal sealed class DeploymentRequestHandler(
    IDeploymentWork work,
    DeploymentTransactions transactions,
    DeploymentPreparation preparation,
    DeploymentAdoption adoption,
    DeploymentChainReader chain,
    OwnerHeldAttempts held
)
{
    /// <param name="context">Of the request.</param>
    /// <param name="agentId">Whose deployment it is; where the agent no longer waits for it, nothing is done.</param>
    /// <param name="kind">Token or pool creation.</param>
    /// <param name="isReady">Whether all is there that the plan needs. Asked under the agent's lock.</param>
    /// <param name="plan">Learns whether somebody has sent lamports to the address of the mint.</param>
    public async Task HandleAsync(
        ConsumeContext context,
        Guid agentId,
        TransactionKind kind,
        Func<Deployment, Task<bool>> isReady,
        Func<Deployment, bool, Task<DeploymentPlan>> plan
    )
    {
        try
        {
            if (
                await work.LockAgentAsync(agentId, kind.StatusThatWants(), context.CancellationToken) is var (agent, _)
                && Deployment.Of(agent) is var deployment
                && await isReady(deployment)
            )
            {
                await PrepareAsync(context, deployment, kind, plan);
            }
        }
        catch (DeploymentImpossibleException impossible)
        {
            await context.Publish(DeploymentFailure.Of(agentId, impossible.Message, null));
        }
    }

    private async Task PrepareAsync(
        ConsumeContext context,
        Deployment deployment,
        TransactionKind kind,
        Func<Deployment, bool, Task<DeploymentPlan>> plan
    )
    {
        var cancellation = context.CancellationToken;
        var open = await work.LockOpenAsync(deployment.Agent.Id, kind, cancellation);
        if (open is not null && DeploymentTransactions.HasLiveAttempt(open))
        {
            return;
        }

        // A node that has not seen the slots in which earlier attempts may have landed knows nothing of them.
        var slot = open?.Attempts.Max(a => a.Slot);
        var thing = kind == TransactionKind.TokenCreation ? "token" : "liquidity pool";
        var seen = await chain.ReadAsync(deployment, kind, slot, cancellation);
        switch (seen)
        {
            case DeploymentSighting.AsPromised(var address):
                var (id, made) = await adoption.AdoptAsync(deployment, kind, open, address, isAsPromised: true, cancellation);
                await context.Publish(DeploymentSuccess.Of(kind, deployment.Agent.Id, id, made));
                return;
            case DeploymentSighting.Different(_, var deviation):
                await FailAsync(context, deployment, $"The {thing} on chain is not the one that was promised: {deviation}.", open);
                return;
        }

        if (open?.Status == TransactionStatus.Finalized)
        {
            // What it made is for ever: the node that shows nothing may know nothing, or lie. The sweeper asks again.
            if (await chain.IsNowhereAsync(deployment, kind, slot, cancellation))
            {
                var signature = open.Attempts.Find(a => a.Status == AttemptStatus.Finalized)?.Signature ?? "see its transaction";
                await FailAsync(context, deployment, $"The {thing} creation landed ({signature}) and made no {thing}.", open);
            }
            return;
        }

        // What is in the hands of an owner who pays is replaced when it has expired, and not before.
        var isFree =
            open is null
            || (
                !await transactions.IsPreparedAndGoodAsync(open, cancellation)
                && await held.SettleAsync(context, open) is null or OwnerHeldAttempt.Expired
            );
        if (!isFree || seen is not DeploymentSighting.Missing(var isPrefunded))
        {
            // Seen, and not final, as when its owner makes it elsewhere: what would be prepared beside it could only fail. The sweeper asks again.
            return;
        }

        var result = await preparation.PrepareAsync(deployment, kind, open, await plan(deployment, isPrefunded), cancellation);
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
}
