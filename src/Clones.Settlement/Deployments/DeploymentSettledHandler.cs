using Clones.Contracts.Agents;
using Clones.Contracts.Settlement;
using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Settlement.Chain;
using Clones.Settlement.Store;

namespace Clones.Settlement.Deployments;

/// <summary>
/// A transaction of a deployment came to its end: reads from the finalized chain what it made, and tells the lifecycle that, whatever the
/// transaction was meant to do.
/// </summary>
internal sealed class DeploymentSettledHandler(
    IDeploymentWork work,
    DeploymentTransactions transactions,
    DeploymentChainReader sight,
    UnrecordedDeployments late,
    ICrashPoints crashes
) : IDeploymentHandler<TransactionSettled>
{
    public async Task HandleAsync(TransactionSettled message, CancellationToken cancellationToken)
    {
        var transaction = await transactions.LockAsync(message.TransactionId, cancellationToken);
        if (
            transaction is not { AgentId: { } agentId, Status: TransactionStatus.Finalized or TransactionStatus.Failed }
            || transaction.Kind == TransactionKind.Payment
        )
        {
            // The stored status decides: of what is not at its end, nothing is closed, whoever says that it was.
            return;
        }

        var landed = transaction.Attempts.Find(a => a.Status == AttemptStatus.Finalized);
        await transactions.ReleaseAsync(transaction, landed?.Slot ?? message.Slot, cancellationToken);
        await work.SaveAsync(cancellationToken);
        var outcome = await OutcomeAsync(message, transaction, landed, agentId, cancellationToken);
        await work.SaveAsync(cancellationToken);
        if (outcome is FailDeployment && await work.HasFailedByAsync(agentId, transaction.Id, cancellationToken))
        {
            // Settlement reminds of transactions that stay open, and messages come twice. The agent may have been brought on by RETRY since, and a failure that is over must not throw it back.
            return;
        }

        await work.PublishAsync(outcome, cancellationToken);
        await crashes.ReachAsync(CrashPoint.PaymentsClosed, cancellationToken);
    }

    private async Task<object> OutcomeAsync(
        TransactionSettled settled,
        ChainTransaction transaction,
        TransactionAttempt? landed,
        Guid agentId,
        CancellationToken cancellationToken
    )
    {
        var agent = await work.FindAgentAsync(agentId, cancellationToken);
        var deployment = agent is null ? null : Deployment.Of(agent);
        try
        {
            if (deployment is not null && transaction.Status == TransactionStatus.Finalized)
            {
                return await MadeAsync(deployment, transaction, landed, settled.BlockTime, cancellationToken);
            }

            // What an earlier attempt has made is there, although this one was rejected, perhaps because of it.
            if (
                deployment is not null
                && await late.FindAsync(deployment, transaction.Kind, cancellationToken)
                    is IAgentCommand
                        and not FailDeployment
                        and var found
            )
            {
                return found;
            }
        }
        catch (DeploymentImpossibleException impossible)
        {
            return DeploymentFailure.Of(agentId, impossible.Message, transaction.Id);
        }

        return DeploymentFailure.Of(agentId, transaction.Reason ?? settled.FailureReason ?? "The transaction failed.", transaction.Id);
    }

    private async Task<object> MadeAsync(
        Deployment deployment,
        ChainTransaction transaction,
        TransactionAttempt? landed,
        long? blockTime,
        CancellationToken cancellationToken
    )
    {
        var agentId = deployment.Agent.Id;
        if (landed is not { Signature: { } signature, Slot: { } slot })
        {
            // Taken over from the chain, by something that the database has no attempt of: what was read then stands here.
            return transaction.Made is { } made
                ? DeploymentSuccess.Of(transaction.Kind, agentId, transaction.Id, DeploymentMade.FromJson(made))
                : DeploymentFailure.Of(agentId, "The transaction landed, and the database does not show how.", transaction.Id);
        }

        switch (await sight.ReadAsync(deployment, transaction.Kind, slot, cancellationToken))
        {
            case DeploymentSighting.AsPromised(var address):
                var found = new DeploymentMade(address.ToString(), signature, slot, blockTime);
                transaction.Made = found.ToJson();
                return DeploymentSuccess.Of(transaction.Kind, agentId, transaction.Id, found);
            case DeploymentSighting.Different(_, var reason):
                return DeploymentFailure.Of(agentId, UnrecordedDeployments.Deviation(transaction.Kind, signature, reason), transaction.Id);
            default:
                // What it made is for ever: a node that shows nothing knows nothing, or lies. Only a restored database looks for another mint.
                return await sight.IsNowhereAsync(deployment, transaction.Kind, slot, cancellationToken)
                    ? DeploymentFailure.Of(
                        agentId,
                        UnrecordedDeployments.Deviation(
                            transaction.Kind,
                            signature,
                            transaction.Kind == TransactionKind.TokenCreation
                                ? $"there is no token {deployment.Mint}"
                                : "there is no liquidity pool"
                        ),
                        transaction.Id
                    )
                    : throw new ChainNotReadyException($"What {signature} made is not shown by every node.");
        }
    }
}
