using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Agents;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Lifecycle;

/// <summary>
/// Goes on only where the database holds, for this agent, exactly what the message tells: whoever wrote it there has read the finalized chain.
/// Otherwise refuses, and the line ends here.
/// </summary>
internal sealed class SuccessOnRecordGuard<T>(TransactionKind kind, Func<T, (Guid TransactionId, DeploymentMade Made)> told)
    : LifecycleStep<T>
    where T : class, IAgentCommand
{
    public override async Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next)
    {
        var (transactionId, made) = told(context.Message);
        var agentId = context.Saga.CorrelationId;
        var recorded = await context
            .Service<ClonesDbContext>()
            .Transactions.Where(t =>
                t.Id == transactionId && t.AgentId == agentId && t.Kind == kind && t.Status == TransactionStatus.Finalized
            )
            .Select(t => t.Made)
            .SingleOrDefaultAsync(context.CancellationToken);
        if (recorded is not null && DeploymentMade.FromJson(recorded) == made)
        {
            await next.Execute(context);
        }
        else
        {
            context.Service<AgentHistory>().Refuse(context, Refusal.SuccessNotOnRecord(context, transactionId));
        }
    }
}
