using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Contracts.Agents;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

/// <summary>The state machine as the workers that started last have read it off themselves: as data, as Mermaid and as a drawing.</summary>
internal static class LifecycleEndpoint
{
    private const string Json = "json";
    private const string Mermaid = "mermaid";
    private const string Svg = "svg";

    public static void MapLifecycle(this IEndpointRouteBuilder agents) =>
        agents
            .MapGet("/lifecycle", DrawAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .Produces<LifecycleView>()
            .WithQuery(
                new QueryParameter("format", "json where it is left out.", Values: [Json, Mermaid, Svg]),
                new QueryParameter("agent", "Whose path is marked.", Format: "uuid")
            )
            .WithMetadata(
                new AlternativeMediaType("text/plain", "stateDiagram-v2\n    [*] --> DRAFT\n"),
                new AlternativeMediaType("image/svg+xml", "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>")
            )
            .WithName("getLifecycle")
            .WithSummary("The lifecycle, drawn from the running machine; with ?agent= that agent's path is marked")
            .WithProblems(400, 401, 403, 404, 503);

    private static async Task<IResult> DrawAsync(
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        CancellationToken cancellationToken
    )
    {
        var (format, agentId) = Read(context.Request.Query);
        var machine =
            await db.LifecycleMachines.AsNoTracking().OrderByDescending(m => m.LastStartedAt).FirstOrDefaultAsync(cancellationToken)
            ?? throw new ProblemException(
                new Problem(503, ProblemCode.WorkersBusy, "No worker has published its state machine yet; try again in a moment.")
                {
                    RetryAfterSeconds = 2,
                }
            );
        var graph = machine.ReadGraph();
        var path = agentId is { } id ? await LifecyclePath.ReadAsync(db, id, caller, cancellationToken) : null;
        context.Response.Headers.CacheControl = "no-store";
        return format switch
        {
            Mermaid => TypedResults.Text(LifecycleMermaid.Draw(graph, path?.Visited, path?.Status), "text/plain"),
            Svg => TypedResults.Text(LifecycleSvg.Draw(graph, path), "image/svg+xml"),
            _ => TypedResults.Ok(LifecycleView.Of(graph, machine.Fingerprint, path)),
        };
    }

    private static (string Format, Guid? AgentId) Read(IQueryCollection query)
    {
        var (format, agentId) = (Json, (Guid?)null);
        var fields = new Fields();
        foreach (var (name, values) in query)
        {
            if (values.Count != 1)
            {
                fields.Reject<string>(name, "must be given once");
            }
            else if (name == "format")
            {
                format = values[0] is Json or Mermaid or Svg ? values[0]! : fields.Reject<string>(name, "must be json, mermaid or svg")!;
            }
            else if (name == "agent")
            {
                agentId = Guid.TryParseExact(values[0], "D", out var id) ? id : fields.Reject<Guid>(name, "must be a UUID");
            }
            else
            {
                fields.Reject<string>(name.Length <= 50 ? name : name[..50], "is not a parameter here");
            }
        }
        fields.ThrowIfRejected();
        return (format, agentId);
    }
}

/// <summary>What one agent has done so far.</summary>
/// <param name="Status">Where it is.</param>
/// <param name="Taken">How often it went along an arrow, by from, event and to.</param>
internal sealed record LifecyclePath(Guid AgentId, string Status, IReadOnlyDictionary<(string?, string, string), int> Taken)
{
    public IReadOnlyCollection<string> Visited =>
        [.. Taken.Keys.SelectMany(t => (string?[])[t.Item1, t.Item3]).OfType<string>().Distinct()];

    public int TimesOf(LifecycleTransition transition) => Taken.GetValueOrDefault((transition.From, transition.Event, transition.To));

    /// <exception cref="ProblemException">There is no such agent, or the caller may not know of it.</exception>
    public static async Task<LifecyclePath> ReadAsync(ClonesDbContext db, Guid agentId, Caller caller, CancellationToken cancellationToken)
    {
        var agent = await db.FindAgentAsync(agentId, caller, cancellationToken);
        var taken = await db
            .AgentTransitions.Where(t => t.AgentId == agentId && t.Accepted)
            .GroupBy(t => new
            {
                t.FromStatus,
                t.Event,
                t.ToStatus,
            })
            .Select(g => new { g.Key, Times = g.Count() })
            .ToListAsync(cancellationToken);
        return new(agentId, agent.Status, taken.ToDictionary(t => (t.Key.FromStatus, t.Key.Event, t.Key.ToStatus), t => t.Times));
    }
}

/// <param name="Machine">SHA-256 of the machine: it changes when, and only when, the lifecycle does.</param>
/// <param name="Ends">Statuses that nothing leads out of.</param>
/// <param name="Agent">The agent whose path is marked, and its status; null where none was asked for.</param>
internal sealed record LifecycleView(
    string Machine,
    IReadOnlyList<string> Statuses,
    IReadOnlyList<string> Events,
    IReadOnlyList<LifecycleArrowView> Transitions,
    IReadOnlyList<string> Ends,
    LifecycleAgentView? Agent
)
{
    public static LifecycleView Of(AgentLifecycleGraph graph, string fingerprint, LifecyclePath? path) =>
        new(
            fingerprint,
            graph.Statuses,
            graph.Events,
            [
                .. graph.Transitions.Select(t => new LifecycleArrowView(
                    t.From,
                    t.Event,
                    t.To,
                    t.Condition,
                    t.RefusedDuringSubmission,
                    path?.TimesOf(t)
                )),
            ],
            [.. graph.Ends()],
            path is null ? null : new LifecycleAgentView(path.AgentId, path.Status)
        );
}

/// <param name="Taken">How often the agent went this way; null where no agent was asked for.</param>
internal sealed record LifecycleArrowView(
    string? From,
    string Event,
    string To,
    string? Condition,
    bool RefusedDuringSubmission,
    int? Taken
);

internal sealed record LifecycleAgentView(Guid Id, string Status);
