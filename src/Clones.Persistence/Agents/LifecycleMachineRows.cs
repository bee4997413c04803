using Clones.Domain.Agents;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Agents;

public static class LifecycleMachineRows
{
    /// <summary>Stores a version of the state machine, or that it was started again. The newest start counts, whoever comes first.</summary>
    public static Task SaveMachineAsync(this ClonesDbContext db, LifecycleMachine machine, CancellationToken cancellationToken) =>
        db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO lifecycle_machines (fingerprint, graph, first_started_at, last_started_at)
            VALUES ({machine.Fingerprint}, {machine.Graph}, {machine.FirstStartedAt}, {machine.LastStartedAt})
            ON CONFLICT (fingerprint) DO UPDATE SET last_started_at = greatest(lifecycle_machines.last_started_at, excluded.last_started_at)
            """,
            cancellationToken
        );
}
