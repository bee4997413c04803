using Clones.Contracts.Deployments;
using Clones.Persistence.Settlement;
using MassTransit;

namespace Clones.Workers.Deployments;

/// <summary>
/// Notices what an owner who pays has sent around us, and certifies what nobody sent as dead, so that the agent is free again. Renews nothing:
/// that is for the owner to ask.
/// </summary>
internal sealed class LookForOwnerTransactionConsumer(DeploymentTransactions transactions, HeldAttempts held)
    : IConsumer<LookForOwnerTransaction>
{
    public async Task Consume(ConsumeContext<LookForOwnerTransaction> context)
    {
        var transaction = await transactions.LockAsync(context.Message.TransactionId, context.CancellationToken);
        if (transaction?.AgentId is not { } agentId || await held.SettleAsync(context, transaction) != HeldAttempt.LandedAltered)
        {
            return;
        }

        // Preparing looks on chain first, and adopts what it finds there.
        if (transaction.Kind == TransactionKind.TokenCreation)
        {
            await context.Publish(new PrepareTokenCreation { AgentId = agentId });
        }
        else
        {
            await context.Publish(new PreparePoolCreation { AgentId = agentId });
        }
    }
}
