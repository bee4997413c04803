using Clones.Contracts.Deployments;
using Clones.Settlement.Store;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Agents whose deployment was given up (DRAFT, FAILED) while the chain may hold what it made after all: as after a restore of an older
/// database, or where a node has lied. A few at a time, the oldest first, round and round: nothing may ever be found, and it costs little.
/// </summary>
internal sealed class AbandonedDeployments(RpcEndpoints rpc)
{
    /// <summary>So many accounts are read by one call.</summary>
    private const int TokensMax = 100;

    /// <summary>Each of these is a call or two of its own.</summary>
    private const int PoolsMax = 10;

    // Where this process goes on. Lost with it: then it begins at the oldest again.
    private Guid lastToken;
    private Guid lastPool;

    /// <exception cref="RpcException">No node answered.</exception>
    /// <returns>What asks for them, claimed in the caller's database transaction.</returns>
    public async Task<IReadOnlyList<AdoptLanded>> FindAsync(IDeploymentWork work, CancellationToken cancellationToken)
    {
        Guid[] found = [.. await TokensAsync(work, cancellationToken), .. await PoolsAsync(work, cancellationToken)];
        var claimed = await work.ClaimWakeUpsAsync(found, cancellationToken);
        return [.. found.Where(claimed.Contains).Select(id => new AdoptLanded { AgentId = id })];
    }

    private async Task<IReadOnlyList<Guid>> TokensAsync(IDeploymentWork work, CancellationToken cancellationToken)
    {
        var agents = await work.AbandonedTokensAsync(lastToken, TokensMax, cancellationToken);
        lastToken = agents.Count < TokensMax ? Guid.Empty : agents[^1].AgentId;
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

    private async Task<IReadOnlyList<Guid>> PoolsAsync(IDeploymentWork work, CancellationToken cancellationToken)
    {
        var agents = await work.AbandonedPoolsAsync(lastPool, PoolsMax, cancellationToken);
        lastPool = agents.Count < PoolsMax ? Guid.Empty : agents[^1];
        return agents;
    }
}
