using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Persistence.Transactions;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Store;

internal sealed partial class DatabaseSettlementWork
{
    private const int StalledMax = 100;

    public async Task<(DeployingAgent Agent, AgentLifecycleInstance Life)?> LockAgentAsync(
        Guid agentId,
        string? status,
        CancellationToken cancellationToken
    )
    {
        var lives = await db
            .AgentLifecycles.FromSql(
                $"""
                SELECT * FROM agent_lifecycles WHERE agent_id = {agentId} AND ({status}::text IS NULL OR status = {status}) FOR SHARE
                """
            )
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (lives is not [var life])
        {
            return null;
        }

        var agents = await db
            .Agents.FromSql($"SELECT *, xmin FROM agents WHERE id = {agentId} FOR UPDATE")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return agents is [var agent] ? (await DeployingAsync(agent, cancellationToken), life) : null;
    }

    public async Task<DeployingAgent?> FindAgentAsync(Guid agentId, CancellationToken cancellationToken) =>
        await db.Agents.AsNoTracking().SingleOrDefaultAsync(a => a.Id == agentId, cancellationToken) is { } agent
            ? await DeployingAsync(agent, cancellationToken)
            : null;

    public async Task<ChainTransaction?> LockOpenAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var kindName = UpperSnakeCase.From(kind);
        var found = await db
            .Transactions.FromSql(
                SqlText.In(
                    $"""
                    SELECT * FROM transactions
                    WHERE agent_id = {agentId} AND kind = {kindName} AND status NOT IN {StatusLists.EndsWithoutEffect} FOR UPDATE
                    """
                )
            )
            .ToListAsync(cancellationToken);
        if (found is not [var open, ..])
        {
            return null;
        }

        await AttemptsAsync([open.Id], cancellationToken);
        return open;
    }

    public async Task<IReadOnlyList<Guid>> TransactionIdsAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken) =>
        await db.Transactions.Where(t => t.AgentId == agentId && t.Kind == kind).Select(t => t.Id).ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<TransactionAttempt>> AttemptsOfAgentAsync(
        Guid agentId,
        TransactionKind kind,
        CancellationToken cancellationToken
    ) =>
        await db
            .Transactions.Where(t => t.AgentId == agentId && t.Kind == kind)
            .SelectMany(t => t.Attempts)
            .AsNoTracking()
            .OrderByDescending(a => a.CreatedAt)
            .ToListAsync(cancellationToken);

    public Task<bool> HasFailedByAsync(Guid agentId, Guid transactionId, CancellationToken cancellationToken) =>
        db.AgentTransitions.AnyAsync(
            t => t.AgentId == agentId && t.TransactionId == transactionId && t.Event == AgentEvent.Fail && t.Accepted,
            cancellationToken
        );

    public Task<WalletReservationResult> ReserveAsync(
        DepositWallet wallet,
        Guid transactionId,
        WalletBalance balance,
        UInt128 lamports,
        CancellationToken cancellationToken
    ) => ledger.ReserveAsync(wallet, transactionId, balance, lamports, cancellationToken);

    public async Task<IReadOnlyList<StalledAttempt>> DueForCoSigningAsync(TimeSpan again, CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<StalledAttempt>(
                SqlText.In(
                    $"""
                    UPDATE transactions t SET wake_ups = wake_ups + 1,
                        next_check_at = now() + least({WakeUp.Max}, {again} * power(2, least(wake_ups, {WakeUp.DoublingsMax})))
                    FROM transaction_attempts a
                    WHERE a.transaction_id = t.id AND a.status = 'SUBMITTED' AND t.id IN (
                        SELECT d.id FROM transactions d JOIN transaction_attempts s ON s.transaction_id = d.id
                        WHERE s.status = 'SUBMITTED' AND d.next_check_at <= now()
                            AND d.status NOT IN {StatusLists.Ends} AND d.kind <> 'PAYMENT'
                        ORDER BY d.next_check_at LIMIT {StalledMax} FOR UPDATE OF d SKIP LOCKED)
                    RETURNING t.id AS transaction_id, a.number AS number
                    """
                )
            )
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<ChainTransaction>> DueForClosingAsync(CancellationToken cancellationToken)
    {
        var ids = await db
            .Database.SqlQuery<Guid>(
                $"""
                UPDATE transactions SET wake_ups = wake_ups + 1,
                    next_check_at = now() + least({WakeUp.Max}, {options.WakeUpLease} * power(2, least(wake_ups, {WakeUp.DoublingsMax})))
                WHERE id IN (
                    SELECT t.id FROM transactions t
                    WHERE t.status IN ('FINALIZED', 'FAILED') AND t.next_check_at <= now() AND t.kind <> 'PAYMENT'
                        AND t.id IN (SELECT transaction_id FROM wallet_reservations WHERE released_at IS NULL)
                    ORDER BY t.next_check_at LIMIT {options.BatchMax} FOR UPDATE SKIP LOCKED)
                RETURNING id AS "Value"
                """
            )
            .ToListAsync(cancellationToken);
        return ids.Count == 0 ? [] : await db.Transactions.AsNoTracking().Where(t => ids.Contains(t.Id)).ToListAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<Guid>> DueForOwnersAsync(TimeSpan again, CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<Guid>(
                SqlText.In(
                    $"""
                    UPDATE transactions SET wake_ups = wake_ups + 1,
                        next_check_at = now() + least({WakeUp.Max}, {again} * power(2, least(wake_ups, {WakeUp.DoublingsMax})))
                    WHERE id IN (
                        SELECT t.id FROM transactions t JOIN transaction_attempts a ON a.transaction_id = t.id
                        WHERE a.status = 'PREPARED' AND a.payer = 'OWNER' AND t.next_check_at <= now()
                            AND t.status NOT IN {StatusLists.Ends}
                        ORDER BY t.next_check_at LIMIT {StalledMax} FOR UPDATE OF t SKIP LOCKED)
                    RETURNING id AS "Value"
                    """
                )
            )
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<StalledAgent>> DueForPreparationAsync(TimeSpan quietFor, CancellationToken cancellationToken)
    {
        var found = await db
            .Database.SqlQuery<StalledAgent>(
                SqlText.In(
                    $"""
                    SELECT l.agent_id, l.status FROM agent_lifecycles l
                    WHERE l.status IN ('PENDING_TOKEN_SIGNATURE', 'PENDING_POOL_SIGNATURE') AND l.updated_at NOT BETWEEN now() - {quietFor} AND now()
                        AND NOT EXISTS (
                            SELECT 1 FROM transactions t
                            WHERE t.agent_id = l.agent_id AND t.status NOT IN {StatusLists.Ends}
                                AND t.kind = CASE l.status WHEN 'PENDING_TOKEN_SIGNATURE' THEN 'TOKEN_CREATION' ELSE 'POOL_CREATION' END)
                        AND NOT EXISTS (SELECT 1 FROM agent_wake_ups w WHERE w.agent_id = l.agent_id AND w.next_at > now())
                        AND NOT EXISTS (
                            SELECT 1 FROM transactions t
                            WHERE t.agent_id = l.agent_id AND t.settled_at BETWEEN now() - {quietFor} AND now())
                    ORDER BY l.updated_at LIMIT {StalledMax}
                    """
                )
            )
            .ToListAsync(cancellationToken);
        var claimed = await ClaimWakeUpsAsync([.. found.Select(a => a.AgentId)], cancellationToken);
        return [.. found.Where(a => claimed.Contains(a.AgentId))];
    }

    public async Task<IReadOnlyList<AgentMint>> AbandonedTokensAsync(Guid after, int max, CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<AgentMint>(
                $"""
                SELECT l.agent_id, k.mint FROM agent_lifecycles l JOIN mint_keys k ON k.agent_id = l.agent_id
                WHERE l.status IN ('DRAFT', 'FAILED') AND l.token_mint IS NULL AND l.agent_id > {after}
                    AND NOT EXISTS (
                        SELECT 1 FROM transactions t
                        WHERE t.agent_id = l.agent_id AND t.kind = 'TOKEN_CREATION' AND t.status = 'FINALIZED' AND t.made IS NULL)
                ORDER BY l.agent_id LIMIT {max}
                """
            )
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlyList<Guid>> AbandonedPoolsAsync(Guid after, int max, CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<Guid>(
                $"""
                SELECT l.agent_id AS "Value" FROM agent_lifecycles l
                WHERE l.status = 'FAILED' AND l.token_mint IS NOT NULL AND l.liquidity_pool_address IS NULL AND l.agent_id > {after}
                    AND EXISTS (SELECT 1 FROM transactions t WHERE t.agent_id = l.agent_id AND t.kind = 'POOL_CREATION')
                    AND NOT EXISTS (
                        SELECT 1 FROM transactions t
                        WHERE t.agent_id = l.agent_id AND t.kind = 'POOL_CREATION' AND t.status = 'FINALIZED' AND t.made IS NULL)
                ORDER BY l.agent_id LIMIT {max}
                """
            )
            .ToListAsync(cancellationToken);

    public async Task<IReadOnlySet<Guid>> ClaimWakeUpsAsync(IReadOnlyCollection<Guid> agentIds, CancellationToken cancellationToken) =>
        await db.ClaimWakeUpsAsync(agentIds, cancellationToken);

    public void Add(EncryptedMintKey key) => db.MintKeys.Add(key);

    public void ForgetUnsaved() => db.ChangeTracker.Clear();

    public void ForgetOpenings()
    {
        foreach (var opened in db.ChangeTracker.Entries<WalletKeyEvent>().Where(e => e.Entity.Kind == KeyEventKind.Opened).ToList())
        {
            opened.State = EntityState.Detached;
        }
    }

    private async Task<DeployingAgent> DeployingAsync(Agent agent, CancellationToken cancellationToken)
    {
        var wallet = await db
            .DepositWallets.Where(w => w.TrainingPoolId == agent.TrainingPoolId)
            .Select(w => new WalletAddress(w.Id, w.Address))
            .SingleOrDefaultAsync(cancellationToken);
        var mint = await db.MintKeys.Where(k => k.AgentId == agent.Id).Select(k => k.Mint).SingleOrDefaultAsync(cancellationToken);
        return new DeployingAgent(agent, wallet, mint);
    }
}
