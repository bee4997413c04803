using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Deployments;

/// <summary>Deployments that wait for a message which nobody will send any more. All times are the database's.</summary>
internal sealed class StalledDeployments(ClonesDbContext db)
{
    private const int BatchMax = 100;

    /// <summary>
    /// Attempts that their owners have signed and that wait for our signatures: each is given out once in <paramref name="again"/> (which doubles
    /// while nothing comes of it, see <see cref="WakeUp"/>), in the caller's database transaction.
    /// </summary>
    public async Task<IReadOnlyList<CoSignTransaction>> SubmittedAsync(TimeSpan again, CancellationToken cancellationToken)
    {
        var found = await db
            .Database.SqlQuery<StalledAttempt>(
                $"""
                UPDATE transactions t SET wake_ups = wake_ups + 1,
                    next_check_at = now() + least({WakeUp.Max}, {again} * power(2, least(wake_ups, {WakeUp.DoublingsMax})))
                FROM transaction_attempts a
                WHERE a.transaction_id = t.id AND a.status = 'SUBMITTED' AND t.id IN (
                    SELECT id FROM transactions
                    WHERE status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED') AND kind <> 'PAYMENT' AND next_check_at <= now()
                    ORDER BY next_check_at LIMIT {BatchMax} FOR UPDATE SKIP LOCKED)
                RETURNING t.id AS transaction_id, a.number AS number
                """
            )
            .ToListAsync(cancellationToken);
        return found.ConvertAll(a => new CoSignTransaction { TransactionId = a.TransactionId, AttemptNumber = a.Number });
    }

    /// <summary>What is in the hands of owners who pay: each is looked for again after <paramref name="again"/>, whether or not it was handed in; later, while nobody gets to look.</summary>
    public async Task<IReadOnlyList<LookForOwnerTransaction>> InOwnersHandsAsync(TimeSpan again, CancellationToken cancellationToken)
    {
        var found = await db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE transactions SET wake_ups = wake_ups + 1,
                    next_check_at = now() + least({WakeUp.Max}, {again} * power(2, least(wake_ups, {WakeUp.DoublingsMax})))
                WHERE id IN (
                    SELECT t.id FROM transactions t JOIN transaction_attempts a ON a.transaction_id = t.id
                    WHERE a.status = 'PREPARED' AND a.payer = 'OWNER' AND t.next_check_at <= now()
                        AND t.status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED')
                    ORDER BY t.next_check_at LIMIT {BatchMax} FOR UPDATE OF t SKIP LOCKED)
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return found.ConvertAll(id => new LookForOwnerTransaction { TransactionId = id });
    }

    /// <summary>
    /// Agents that wait for a signature while there is nothing to sign: what was to be prepared never was, or what has landed was never
    /// told. Preparing looks at the chain first and does whichever is right. What is noted by a clock that is ahead counts as long ago: it would
    /// be waited for otherwise.
    /// </summary>
    /// <param name="quietFor">How long the agent has been as it is.</param>
    /// <returns>For each of them what asks for it, claimed in the caller's database transaction.</returns>
    public async Task<IReadOnlyList<object>> UnpreparedAsync(TimeSpan quietFor, CancellationToken cancellationToken)
    {
        var found = await db
            .Database.SqlQuery<StalledAgent>(
                $"""
                SELECT l.agent_id, l.status FROM agent_lifecycles l
                WHERE l.status IN ('PENDING_TOKEN_SIGNATURE', 'PENDING_POOL_SIGNATURE') AND l.updated_at NOT BETWEEN now() - {quietFor} AND now()
                    AND NOT EXISTS (
                        SELECT 1 FROM transactions t
                        WHERE t.agent_id = l.agent_id AND t.status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED')
                            AND t.kind = CASE l.status WHEN 'PENDING_TOKEN_SIGNATURE' THEN 'TOKEN_CREATION' ELSE 'POOL_CREATION' END)
                    AND NOT EXISTS (SELECT 1 FROM agent_wake_ups w WHERE w.agent_id = l.agent_id AND w.next_at > now())
                    AND NOT EXISTS (
                        SELECT 1 FROM transactions t
                        WHERE t.agent_id = l.agent_id AND t.settled_at BETWEEN now() - {quietFor} AND now())
                ORDER BY l.updated_at LIMIT {BatchMax}
                """
            )
            .ToListAsync(cancellationToken);
        var claimed = await db.ClaimWakeUpsAsync([.. found.Select(a => a.AgentId)], cancellationToken);
        return
        [
            .. found
                .Where(a => claimed.Contains(a.AgentId))
                .Select<StalledAgent, object>(a =>
                    a.Status == AgentStatus.PendingTokenSignature
                        ? new PrepareTokenCreation { AgentId = a.AgentId }
                        : new PreparePoolCreation { AgentId = a.AgentId }
                ),
        ];
    }

    private sealed record StalledAttempt(Guid TransactionId, int Number);

    private sealed record StalledAgent(Guid AgentId, string Status);
}
