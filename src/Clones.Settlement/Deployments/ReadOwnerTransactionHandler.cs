using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Notices what an owner who pays has sent around us, and proves that what nobody sent has expired, so that the agent is free again. Renews nothing:
/// that is for the owner to ask.
/// </summary>
internal sealed class ReadOwnerTransactionHandler(IDeploymentWork work, DeploymentTransactions transactions, OwnerHeldAttempts held)
    : IDeploymentHandler<ReadOwnerTransaction>
{
    public async Task HandleAsync(ReadOwnerTransaction message, CancellationToken cancellationToken)
    {
        var transaction = await transactions.LockAsync(message.TransactionId, cancellationToken);
        if (transaction?.AgentId is not { } agentId)
        {
            return;
        }

        // Looking is all that it was asked for, whatever is found.
        transaction.WakeUps = 0;
        var found = await held.SettleAsync(transaction, cancellationToken);
        await work.SaveAsync(cancellationToken);
        if (found != OwnerHeldAttempt.LandedAltered)
        {
            return;
        }

        // Preparing looks on chain first, and adopts what it finds there.
        await work.PublishAsync(transaction.Kind.RequestFor(agentId), cancellationToken);
    }
}
