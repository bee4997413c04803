using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Paging;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

internal static class AgentEndpoints
{
    public static void MapAgents(this IEndpointRouteBuilder v1)
    {
        var agents = v1.MapGroup("/agents").WithTags("Agents");
        agents
            .MapGet("/", ListAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithPages(QueryParameter.AgentsStatus, QueryParameter.TrainingPool)
            .WithName("listAgents")
            .WithSummary("Agents, newest first")
            .WithProblems(400, 401, 403);
        agents
            .MapGet("/{id}", GetAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithName("getAgent")
            .WithSummary("One agent")
            .WithProblems(400, 401, 403, 404);
        agents
            .MapGet("/{id}/history", HistoryAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithPages()
            .WithName("listAgentHistory")
            .WithSummary("Every transition and every rejected event, oldest first")
            .WithProblems(400, 401, 403, 404);
        agents.MapLifecycle();
        agents.MapAgentEvents();
        agents.MapAgentCreation();
        agents.MapAgentChange();
        agents.MapAgentCommands();
        agents.MapOwnerTransactions();
    }

    private static async Task<Ok<Page<AgentView>>> ListAsync(
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        var query = PageQuery.Read(context, sealer, "status", "trainingPoolId");
        var agents = db.Agents.AsNoTracking();
        if (caller.Wallet?.ToString() is { } owner)
        {
            agents = agents.Where(a => a.OwnerAddress == owner);
        }

        var rows = new List<AgentRow>();
        foreach (var list in Filter(agents, db, context.Request.Query))
        {
            rows.AddRange(await query.Newest(list, r => r.Agent.Id).ToListAsync(cancellationToken));
        }
        // An agent whose lifecycle began between the two lists is in both.
        var newest = rows.DistinctBy(r => r.Agent.Id).OrderByDescending(r => r.Agent.Id).ToList();
        return TypedResults.Ok(query.ToPage(newest, r => r.Agent.Id, AgentView.Of, sealer));
    }

    /// <returns>Lists that make the asked one together, each found by an index.</returns>
    private static IReadOnlyList<IQueryable<AgentRow>> Filter(IQueryable<Agent> agents, ClonesDbContext db, IQueryCollection query)
    {
        var fields = new Fields();
        if (query.TryGetValue("trainingPoolId", out var text))
        {
            var pool = Guid.TryParseExact(text, "D", out var id) ? id : fields.Reject<Guid>("trainingPoolId", "must be a UUID");
            agents = agents.Where(a => a.TrainingPoolId == pool);
        }
        var lists = new List<IQueryable<AgentRow>> { agents.WithLifecycle(db) };
        if (query.TryGetValue("status", out var status))
        {
            if (!AgentStatus.All.Contains(status.ToString()))
            {
                fields.Reject<string>("status", "is not a status of agents");
            }

            var state = UpperSnakeCase.ToPascalCase(status.ToString());
            lists = [lists[0].Where(r => r.Life!.CurrentState == state)];
            if (status == AgentStatus.Draft)
            {
                lists.Insert(0, agents.Where(a => db.AgentsToRegister.Any(r => r.AgentId == a.Id)).WithLifecycle(db));
            }
        }
        fields.ThrowIfRejected();
        return lists;
    }

    private static async Task<Ok<AgentView>> GetAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CancellationToken cancellationToken
    )
    {
        var row = await db.FindAgentAsync(id, caller, cancellationToken);
        EntityTag.Write(context, row.Version);
        return TypedResults.Ok(AgentView.Of(row));
    }

    private static async Task<Ok<Page<TransitionView>>> HistoryAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CursorSealer sealer,
        CancellationToken cancellationToken
    )
    {
        await db.FindAgentAsync(id, caller, cancellationToken);
        var query = PageQuery.Read(context, sealer);
        var after = query.After is { } last ? SequenceId.Of(last) : 0;
        var rows = await db
            .AgentTransitions.AsNoTracking()
            .Where(t => t.AgentId == id && t.Sequence > after)
            .OrderBy(t => t.Sequence)
            .Take(query.Limit + 1)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(query.ToPage(rows, t => SequenceId.Of(t.Sequence), TransitionView.Of, sealer));
    }
}
