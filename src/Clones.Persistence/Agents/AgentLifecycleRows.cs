using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Agents;

public static class AgentLifecycleRows
{
    /// <summary>Untracked. Until the end of the database transaction the agent's state machine cannot go on.</summary>
    public static Task<AgentLifecycleInstance> HoldLifecycleAsync(
        this ClonesDbContext db,
        Guid agentId,
        CancellationToken cancellationToken
    ) =>
        db
            .AgentLifecycles.FromSql($"SELECT * FROM agent_lifecycles WHERE agent_id = {agentId} FOR SHARE")
            .AsNoTracking()
            .SingleAsync(cancellationToken);
}
