using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>
/// Goes on only where the database holds, for this agent, exactly what the message says: whoever wrote it there has read the finalized chain.
/// Otherwise rejects, and the line ends here.
/// </summary>
internal sealed class SuccessOnRecordGuard<T>(TransactionKind kind, Func<T, (Guid TransactionId, DeploymentMade Made)> read)
    : LifecycleStep<T>
    where T : class, IAgentCommand
{
    public override async Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next)
    {
        var (transactionId, made) = read(context.Message);
        var recorded = await context
            .Service<ILifecycleRows>()
            .MadeAsync(context.Saga.CorrelationId, transactionId, kind, context.CancellationToken);
        if (recorded is not null && DeploymentMade.FromJson(recorded) == made)
        {
            await next.Execute(context);
        }
        else
        {
            context.Service<AgentHistory>().Reject(context, Rejection.SuccessNotOnRecord(context, transactionId));
        }
    }
}
