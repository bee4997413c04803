using Clones.Domain.Transactions;
using Clones.Settlement.Store;
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
    /// <param name="agentId">Whose deployment it is; where the agent no longer waits for it, nothing is done.</param>
    /// <param name="kind">Token or pool creation.</param>
    /// <param name="isReady">Whether all is there that the plan needs. Asked under the agent's lock.</param>
    /// <param name="plan">Learns whether somebody has sent lamports to the address of the mint.</param>
    public async Task HandleAsync(
        Guid agentId,
        TransactionKind kind,
        Func<Deployment, Task<bool>> isReady,
        Func<Deployment, bool, Task<DeploymentPlan>> plan,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (
                await work.LockAgentAsync(agentId, kind.StatusThatWants(), cancellationToken) is var (agent, _)
                && Deployment.Of(agent) is var deployment
                && await isReady(deployment)
            )
            {
                await PrepareAsync(deployment, kind, plan, cancellationToken);
            }
        }
        catch (DeploymentImpossibleException impossible)
        {
            await work.PublishAsync(DeploymentFailure.Of(agentId, impossible.Message, null), cancellationToken);
        }
    }

    private async Task PrepareAsync(
        Deployment deployment,
        TransactionKind kind,
        Func<Deployment, bool, Task<DeploymentPlan>> plan,
        CancellationToken cancellationToken
    )
    {
        var open = await work.LockOpenAsync(deployment.Agent.Id, kind, cancellationToken);
        if (open is not null && DeploymentTransactions.HasLiveAttempt(open))
        {
            return;
        }

        // A node that has not seen the slots in which earlier attempts may have landed knows nothing of them.
        var slot = open?.Attempts.Max(a => a.Slot);
        var thing = kind == TransactionKind.TokenCreation ? "token" : "liquidity pool";
        var seen = await chain.ReadAsync(deployment, kind, slot, cancellationToken);
        switch (seen)
        {
            case DeploymentSighting.AsPromised(var address):
                var (id, made) = await adoption.AdoptAsync(deployment, kind, open, address, isAsPromised: true, cancellationToken);
                await work.PublishAsync(DeploymentSuccess.Of(kind, deployment.Agent.Id, id, made), cancellationToken);
                return;
            case DeploymentSighting.Different(_, var deviation):
                await FailAsync(
                    deployment,
                    $"The {thing} on chain is not the one that was promised: {deviation}.",
                    open,
                    cancellationToken
                );
                return;
        }

        if (open?.Status == TransactionStatus.Finalized)
        {
            // What it made is for ever: the node that shows nothing may know nothing, or lie. The sweeper asks again.
            if (await chain.IsNowhereAsync(deployment, kind, slot, cancellationToken))
            {
                var signature = open.Attempts.Find(a => a.Status == AttemptStatus.Finalized)?.Signature ?? "see its transaction";
                await FailAsync(deployment, $"The {thing} creation landed ({signature}) and made no {thing}.", open, cancellationToken);
            }
            return;
        }

        // What is in the hands of an owner who pays is replaced when it has expired, and not before.
        var isFree =
            open is null
            || (
                !await transactions.IsPreparedAndGoodAsync(open, cancellationToken)
                && await held.SettleAsync(open, cancellationToken) is null or OwnerHeldAttempt.Expired
            );
        if (!isFree || seen is not DeploymentSighting.Missing(var isPrefunded))
        {
            // Seen, and not final, as when its owner makes it elsewhere: what would be prepared beside it could only fail. The sweeper asks again.
            return;
        }

        var result = await preparation.PrepareAsync(deployment, kind, open, await plan(deployment, isPrefunded), cancellationToken);
        if (result.Impossible is { } reason)
        {
            await work.PublishAsync(DeploymentFailure.Of(deployment.Agent.Id, reason, result.TransactionId), cancellationToken);
        }
    }

    private async Task FailAsync(Deployment deployment, string reason, ChainTransaction? open, CancellationToken cancellationToken)
    {
        await held.GiveUpAsync(open, reason, cancellationToken);
        await work.PublishAsync(DeploymentFailure.Of(deployment.Agent.Id, reason, open?.Id), cancellationToken);
    }
}
