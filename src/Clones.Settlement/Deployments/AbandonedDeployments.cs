using Clones.Contracts.Deployments;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Agents whose deployment was given up (DRAFT, FAILED) while the chain may hold what it made after all: as after a restore of an older
/// database, or where a node has lied. A few at a time, the oldest first, round and round: nothing may ever be found, and it costs little.
/// </summary>
internal sealed class AbandonedDeployments(ClonesDbContext db, RpcEndpoints rpc, AbandonedDeployments.Place place)
{
    /// <summary>So many accounts are read by one call.</summary>
    private const int TokensMax = 100;

    /// <summary>Each of these is a call or two of its own.</summary>
    private const int PoolsMax = 10;

    /// <exception cref="RpcException">No node answered.</exception>
    /// <returns>What asks for them, claimed in the caller's database transaction.</returns>
    public async Task<IReadOnlyList<AdoptLanded>> FindAsync(CancellationToken cancellationToken)
    {
        Guid[] found = [.. await TokensAsync(cancellationToken), .. await PoolsAsync(cancellationToken)];
        var claimed = await db.ClaimWakeUpsAsync(found, cancellationToken);
        return [.. found.Where(claimed.Contains).Select(id => new AdoptLanded { AgentId = id })];
    }

    private async Task<IReadOnlyList<Guid>> TokensAsync(CancellationToken cancellationToken)
    {
        var after = place.Token;
        var agents = await db
            .Database.SqlQuery<MintOfAgent>(
                $"""
                SELECT l.agent_id, k.mint FROM agent_lifecycles l JOIN mint_keys k ON k.agent_id = l.agent_id
                WHERE l.status IN ('DRAFT', 'FAILED') AND l.token_mint IS NULL AND l.agent_id > {after}
                    AND NOT EXISTS (
                        SELECT 1 FROM transactions t
                        WHERE t.agent_id = l.agent_id AND t.kind = 'TOKEN_CREATION' AND t.status = 'FINALIZED' AND t.made IS NULL)
                ORDER BY l.agent_id LIMIT {TokensMax}
                """
            )
            .ToListAsync(cancellationToken);
        place.Token = agents.Count < TokensMax ? Guid.Empty : agents[^1].AgentId;
        if (agents.Count == 0)
        {
            return [];
        }

        PublicKey[] mints = [.. agents.Select(a => PublicKey.Parse(a.Mint))];
        var accounts = await rpc.ReadAsync(
            (client, stop) => client.GetMultipleAccountsAsync(mints, Commitment.Finalized, cancellationToken: stop),
            cancellationToken
        );
        return [.. agents.Where((_, i) => accounts.Value[i] is { } found && found.Owner != SystemProgram.Id).Select(a => a.AgentId)];
    }

    private async Task<IReadOnlyList<Guid>> PoolsAsync(CancellationToken cancellationToken)
    {
        var after = place.Pool;
        var agents = await db
            .Database.SqlQuery<Guid>(
                $"""
                SELECT l.agent_id AS "Value" FROM agent_lifecycles l
                WHERE l.status = 'FAILED' AND l.token_mint IS NOT NULL AND l.liquidity_pool_address IS NULL AND l.agent_id > {after}
                    AND EXISTS (SELECT 1 FROM transactions t WHERE t.agent_id = l.agent_id AND t.kind = 'POOL_CREATION')
                    AND NOT EXISTS (
                        SELECT 1 FROM transactions t
                        WHERE t.agent_id = l.agent_id AND t.kind = 'POOL_CREATION' AND t.status = 'FINALIZED' AND t.made IS NULL)
                ORDER BY l.agent_id LIMIT {PoolsMax}
                """
            )
            .ToListAsync(cancellationToken);
        place.Pool = agents.Count < PoolsMax ? Guid.Empty : agents[^1];
        return agents;
    }

    private sealed record MintOfAgent(Guid AgentId, string Mint);

    /// <summary>Where this process goes on. Lost with it: then it begins at the oldest again.</summary>
    internal sealed class Place
    {
        public Guid Token { get; set; }
        public Guid Pool { get; set; }
    }
}
