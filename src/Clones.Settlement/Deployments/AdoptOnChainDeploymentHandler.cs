using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain;
using Clones.Domain.Transactions;
using Clones.Settlement.Store;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Looks on chain for what has landed around the database, whatever state the agent is in, and moves it on. Told any number of times, by any
/// number of workers, it takes over once: the locks are those of the preparation.
/// </summary>
internal sealed class AdoptOnChainDeploymentHandler(IDeploymentWork work, UnrecordedDeployments late)
    : IDeploymentHandler<AdoptOnChainDeployment>
{
    public async Task HandleAsync(AdoptOnChainDeployment message, CancellationToken cancellationToken)
    {
        if (
            await work.LockAgentAsync(message.AgentId, status: null, cancellationToken) is not var (agent, life)
            || UnrecordedDeployments.MissingOf(life) is not { } kind
        )
        {
            return;
        }

        // That something else has landed is news to an agent that waits for it, and no news to one that has failed.
        var outcome = await late.FindAsync(Deployment.Of(agent), kind, cancellationToken);
        if (outcome is not null && (outcome is not FailDeployment || UpperSnakeCase.From(life.CurrentState) == kind.StatusThatWants()))
        {
            await work.PublishAsync(outcome, cancellationToken);
        }
    }
}
