using Clones.Settlement.Store;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;

namespace Clones.Settlement.Deployments;

/// <summary>
/// Agents whose deployment was abandoned (DRAFT, FAILED) while the chain may hold what it made after all: as after a restore of an older
/// database, or where a node has lied. A few at a time, the oldest first, round and round: nothing may ever be found, and it costs little.
/// </summary>
internal sealed class AbandonedDeployments(ISettlementStore store, RpcEndpoints rpc)
{
    /// <summary>So many accounts are read by one call.</summary>
    private const int TokensMax = 100;

    /// <summary>Each of these is a call or two of its own.</summary>
    private const int PoolsMax = 10;

    // Where this process goes on. Lost with it: then it begins at the oldest again.
    private Guid lastToken;
    private Guid lastPool;

    /// <summary>Which of them to look for on chain. No database transaction is open while the chain is read.</summary>
    /// <exception cref="RpcException">No node answered.</exception>
    public async Task<IReadOnlyList<Guid>> FindAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<AgentMint> tokens;
        IReadOnlyList<Guid> pools;
        await using (var look = await store.BeginAsync(cancellationToken))
        {
            tokens = await look.AbandonedTokensAsync(lastToken, TokensMax, cancellationToken);
            pools = await look.AbandonedPoolsAsync(lastPool, PoolsMax, cancellationToken);
        }

        lastToken = tokens.Count < TokensMax ? Guid.Empty : tokens[^1].AgentId;
        lastPool = pools.Count < PoolsMax ? Guid.Empty : pools[^1];
        if (tokens.Count == 0)
        {
            return pools;
        }

        PublicKey[] mints = [.. tokens.Select(a => PublicKey.Parse(a.Mint))];
        var accounts = await rpc.ReadAsync(
            (client, stop) => client.GetMultipleAccountsAsync(mints, Commitment.Finalized, cancellationToken: stop),
            cancellationToken
        );
        var made = tokens.Where((_, i) => accounts.Value[i] is { } found && found.Owner != SystemProgram.Id).Select(a => a.AgentId);
        return [.. made, .. pools];
    }
}
