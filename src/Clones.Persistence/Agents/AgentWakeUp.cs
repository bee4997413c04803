using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Agents;

/// <summary>
/// When an agent whose deployment stands still may be asked for again, see <see cref="WakeUp"/>. Apart from the lifecycle, which only its state
/// machine writes.
/// </summary>
public sealed class AgentWakeUp
{
    public required Guid AgentId { get; init; }

    /// <summary>In a row, without the agent having been well for <see cref="WakeUp.Max"/> between two of them.</summary>
    public required int WakeUps { get; set; }

    /// <summary>By the clock of the database.</summary>
    public required DateTimeOffset NextAt { get; set; }
}

public static class AgentWakeUpRows
{
    /// <summary>In the database transaction that publishes the messages.</summary>
    /// <returns>Those of them for which a message may be published now.</returns>
    public static async Task<HashSet<Guid>> ClaimWakeUpsAsync(
        this ClonesDbContext db,
        IReadOnlyCollection<Guid> agentIds,
        CancellationToken cancellationToken
    )
    {
        if (agentIds.Count == 0)
        {
            return [];
        }
        // In one order, so that two workers do not wait for each other.
        Guid[] ids = [.. agentIds.Distinct().Order()];
        var claimed = await db
            .Database.SqlQuery<Guid>(
                $"""
                INSERT INTO agent_wake_ups AS w (agent_id, wake_ups, next_at)
                SELECT id, 1, now() + {WakeUp.First} FROM unnest({ids}) WITH ORDINALITY AS asked (id, place) ORDER BY place
                ON CONFLICT (agent_id) DO UPDATE SET
                    wake_ups = CASE WHEN w.next_at < now() - {WakeUp.Max} THEN 1 ELSE w.wake_ups + 1 END,
                    next_at = now() + CASE WHEN w.next_at < now() - {WakeUp.Max} THEN {WakeUp.First}
                        ELSE least({WakeUp.Max}, {WakeUp.First} * power(2, least(w.wake_ups, {WakeUp.DoublingsMax}))) END
                WHERE w.next_at <= now()
                RETURNING agent_id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return [.. claimed];
    }
}
