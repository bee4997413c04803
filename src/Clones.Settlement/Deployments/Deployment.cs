using Clones.Domain.Agents;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Deployments;

/// <summary>An agent that waits for a signature of its owner, and the wallets that may pay for it.</summary>
/// <param name="DepositWallet">Of its training pool.</param>
/// <param name="Mint">Address of the agent's token; null before its key is made.</param>
internal sealed record Deployment(Agent Agent, Guid WalletId, PublicKey DepositWallet, PublicKey? Mint)
{
    public PublicKey Owner { get; } = PublicKey.Parse(Agent.OwnerAddress);

    /// <summary>Pays fees, rent, venue fee and liquidity, and is the fee payer of the transaction.</summary>
    public PublicKey Payer => IsPaidByOwner ? Owner : DepositWallet;

    public bool IsPaidByOwner => Agent.DeploymentPayer == DeploymentPayer.Owner;
}

internal sealed class DeploymentReader(ClonesDbContext db)
{
    /// <summary>
    /// Reads the agent if it is in this status, and keeps it there: the lifecycle's row is locked for others' writes until the database
    /// transaction ends, so that a CANCEL meanwhile waits instead of leaving a prepared transaction behind. The lock on the agent's own row
    /// makes two preparations of one agent follow each other.
    /// </summary>
    /// <param name="status">PascalCase or as in <see cref="Contracts.Agents.AgentStatus"/>; null takes any.</param>
    /// <returns>Null where the agent is elsewhere by now: the message is late, and there is nothing to do.</returns>
    /// <exception cref="DeploymentImpossibleException">The training pool has no deposit wallet.</exception>
    public async Task<Deployment?> LockAsync(Guid agentId, string status, CancellationToken cancellationToken)
    {
        var waits = await db
            .AgentLifecycles.FromSql($"SELECT * FROM agent_lifecycles WHERE agent_id = {agentId} AND status = {status} FOR SHARE")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        if (waits.Count == 0)
        {
            return null;
        }

        return await LockAgentAsync(agentId, cancellationToken);
    }

    private async Task<Deployment?> LockAgentAsync(Guid agentId, CancellationToken cancellationToken)
    {
        var agents = await db
            .Agents.FromSql($"SELECT *, xmin FROM agents WHERE id = {agentId} FOR UPDATE")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return agents.Count == 0 ? null : await OfAsync(agents[0], cancellationToken);
    }

    /// <summary>The same in any status, with the lifecycle as it is under the lock.</summary>
    /// <exception cref="DeploymentImpossibleException">The training pool has no deposit wallet.</exception>
    public async Task<(Deployment Deployment, AgentLifecycleInstance Life)?> LockAsync(Guid agentId, CancellationToken cancellationToken)
    {
        var lives = await db
            .AgentLifecycles.FromSql($"SELECT * FROM agent_lifecycles WHERE agent_id = {agentId} FOR SHARE")
            .AsNoTracking()
            .ToListAsync(cancellationToken);
        return lives is [var life] && await LockAgentAsync(agentId, cancellationToken) is { } deployment ? (deployment, life) : null;
    }

    /// <summary>Reads without locks.</summary>
    public async Task<Deployment?> FindAsync(Guid agentId, CancellationToken cancellationToken)
    {
        var agent = await db.Agents.AsNoTracking().SingleOrDefaultAsync(a => a.Id == agentId, cancellationToken);
        return agent is null ? null : await OfAsync(agent, cancellationToken);
    }

    private async Task<Deployment> OfAsync(Agent agent, CancellationToken cancellationToken)
    {
        var wallet =
            await db
                .DepositWallets.Where(w => w.TrainingPoolId == agent.TrainingPoolId)
                .Select(w => new { w.Id, w.Address })
                .SingleOrDefaultAsync(cancellationToken)
            ?? throw new DeploymentImpossibleException("The training pool has no deposit wallet yet.");
        var mint = await db.MintKeys.Where(k => k.AgentId == agent.Id).Select(k => k.Mint).SingleOrDefaultAsync(cancellationToken);
        return new Deployment(agent, wallet.Id, PublicKey.Parse(wallet.Address), mint is null ? null : PublicKey.Parse(mint));
    }
}
