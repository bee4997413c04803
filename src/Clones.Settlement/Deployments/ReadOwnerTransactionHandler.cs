using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;
using MassTransit;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Notices what an owner who pays has sent around us, and proves that what nobody sent has expired, so that the agent is free again. Renews nothing:
/// that is for the owner to ask.
/// </summary>
internal sealed class LookForOwnerTransactionConsumer(IDeploymentWork work, DeploymentTransactions transactions, OwnerHeldAttempts held)
    : IConsumer<LookForOwnerTransaction>
{
    public async Task Consume(ConsumeContext<LookForOwnerTransaction> context)
    {
        var transaction = await transactions.LockAsync(context.Message.TransactionId, context.CancellationToken);
        if (transaction?.AgentId is not { } agentId)
        {
            return;
        }

        // Looking is all that it was asked for, whatever is found.
        transaction.WakeUps = 0;
        var found = await held.SettleAsync(context, transaction);
        await work.SaveAsync(context.CancellationToken);
        if (found != OwnerHeldAttempt.LandedAltered)
        {
            return;
        }

        // Preparing looks on chain first, and adopts what it finds there.
        await context.Publish(transaction.Kind.RequestFor(agentId));
    }
}
