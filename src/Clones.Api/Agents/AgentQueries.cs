using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

internal static class AgentQueries
{
    public static IQueryable<AgentRow> WithLifecycle(this IQueryable<Agent> agents, ClonesDbContext db) =>
        from agent in agents
        join life in db.AgentLifecycles.AsNoTracking() on agent.Id equals life.CorrelationId into lives
        from life in lives.DefaultIfEmpty()
        select new AgentRow { Agent = agent, Life = life };

    public static Task<AgentRow?> FindAgentAsync(this ClonesDbContext db, Guid id, CancellationToken cancellationToken) =>
        db.Agents.AsNoTracking().Where(a => a.Id == id).WithLifecycle(db).FirstOrDefaultAsync(cancellationToken);

    /// <exception cref="ProblemException">There is no such agent, or the caller may not know of it.</exception>
    public static async Task<AgentRow> FindAgentAsync(
        this ClonesDbContext db,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    ) => (await db.FindAgentAsync(id, cancellationToken)).ReadableBy(caller);

    /// <inheritdoc cref="FindAgentAsync(ClonesDbContext, Guid, Caller, CancellationToken)" path="/exception"/>
    public static AgentRow ReadableBy(this AgentRow? row, Caller caller) =>
        row is not null && caller.MayRead(row.Agent.OwnerAddress) ? row : throw new ProblemException(Problem.NotFound);

    /// <summary>Whether something of the agent may still land on chain, as the database says.</summary>
    public static Task<bool> HasSubmissionInFlightAsync(this ClonesDbContext db, Guid agentId, CancellationToken cancellationToken) =>
        db
            .TransactionAttempts.Where(LiveAttempts.MayLandFilter)
            .AnyAsync(a => db.Transactions.Any(t => t.Id == a.TransactionId && t.AgentId == agentId), cancellationToken);

    /// <exception cref="ProblemException">There is no such agent, or it is not the caller's.</exception>
    public static async Task<AgentRow> FindOwnAgentAsync(
        this ClonesDbContext db,
        Guid id,
        Caller caller,
        CancellationToken cancellationToken
    ) => (await db.FindAgentAsync(id, cancellationToken)).OwnedBy(caller);

    /// <inheritdoc cref="FindOwnAgentAsync" path="/exception"/>
    public static AgentRow OwnedBy(this AgentRow? row, Caller caller) =>
        row.ReadableBy(caller) is var read && caller.Owns(read.Agent.OwnerAddress) ? read : throw new ProblemException(Problem.NotFound);
}
