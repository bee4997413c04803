using Clones.Api.Operations;
using Clones.Api.Problems;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

/// <summary>
/// An agent's lifecycle begins with a message, a moment after the agent was stored. A command that overtook that message would find nothing, so
/// it waits for it here.
/// </summary>
internal sealed class AgentLifecycles(ClonesDbContext db, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <exception cref="ProblemException">The workers have not taken up the agent in 5 s.</exception>
    public async Task AwaitAsync(AgentRow row, CancellationToken cancellationToken)
    {
        if (row.Life is not null)
        {
            return;
        }

        var begun = await time.UntilAsync(
            () => db.AgentLifecycles.AnyAsync(l => l.CorrelationId == row.Agent.Id, cancellationToken),
            Limit,
            cancellationToken
        );
        if (!begun)
        {
            throw new ProblemException(
                new Problem(503, ProblemCode.WorkersBusy, "The workers have not taken up this agent yet; try again in a moment.")
                {
                    RetryAfterSeconds = 2,
                }
            );
        }
    }
}
