using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Clones.Api.Auth;
using Clones.Api.Limits;
using Clones.Api.Problems;
using Clones.Domain.Agents;
using Clones.Messaging;
using Clones.Persistence;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

/// <summary>
/// An agent's history as server-sent events (WHATWG HTML, 9.2): first what has been, then each row as it is written. The id of an event is its
/// number in the history, so that a client that comes back with <c>Last-Event-ID</c>, to whichever API process, misses nothing and gets
/// nothing twice.
/// </summary>
internal static class AgentEventsEndpoint
{
    private const string LastEventId = "Last-Event-ID";
    private const string Transition = "transition";

    /// <summary>Of the events that say only that the stream lives: proxies cut what is silent, and a dead client is noticed by them.</summary>
    private const string Ping = "ping";
    private const int RowsAtOnce = 100;
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromSeconds(2);

    /// <summary>Then the client comes back by itself and shows its token again, which may have expired or been revoked meanwhile.</summary>
    private static readonly TimeSpan LengthMax = TimeSpan.FromMinutes(15);

    public static void MapAgentEvents(this IEndpointRouteBuilder agents) =>
        agents
            .MapGet("/{id}/events", StreamAsync)
            .RequireAuthorization(Policies.OwnerOrOps)
            .WithMetadata(new LongStream())
            .WithName("streamAgentEvents")
            .WithSummary("The history as server-sent events, resumed by Last-Event-ID")
            .WithProblems(400, 401, 403, 404);

    private static async Task<ServerSentEventsResult<TransitionView?>> StreamAsync(
        Guid id,
        HttpContext context,
        Caller caller,
        ClonesDbContext db,
        TransitionWatch watch,
        TimeProvider time,
        IHostApplicationLifetime process,
        CancellationToken cancellationToken
    )
    {
        var after = ReadLastEventId(context.Request);
        var length = (await db.FindAgentAsync(id, caller, cancellationToken)).Life?.Sequence ?? 0;
        // A database that was restored knows less than this client: what it has seen since would never come again.
        if (after > length)
        {
            throw new ProblemException(Problem.Field(LastEventId, $"is beyond the history of this agent, which ends with {length}"));
        }

        context.Response.Headers.CacheControl = "no-store";
        // Kestrel waits for open requests when the process is told to end; this one would never end by itself.
        var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, process.ApplicationStopping);
        context.Response.RegisterForDispose(ending);
        return TypedResults.ServerSentEvents(EventsAsync(id, after, db, watch, time, ending.Token));
    }

    /// <exception cref="ProblemException">It is no number of an event.</exception>
    private static long ReadLastEventId(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(LastEventId, out var values))
        {
            return 0;
        }

        return values.Count == 1 && long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            ? last
            : throw new ProblemException(Problem.Field(LastEventId, "must be the id of an event of this stream, a whole number"));
    }

    private static async IAsyncEnumerable<SseItem<TransitionView?>> EventsAsync(
        Guid agentId,
        long after,
        ClonesDbContext db,
        TransitionWatch watch,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var began = time.GetTimestamp();
        yield return new SseItem<TransitionView?>(null, Ping) { ReconnectionInterval = ReconnectAfter };
        while (time.GetElapsedTime(began) < LengthMax)
        {
            var rows = await RowsAsync(agentId, after, db, cancellationToken);
            if (rows is null)
            {
                yield break;
            }

            foreach (var row in rows)
            {
                after = row.Sequence;
                var number = after.ToString(CultureInfo.InvariantCulture);
                yield return new SseItem<TransitionView?>(TransitionView.Of(row), Transition) { EventId = number };
            }
            if (rows.Count > 0)
            {
                continue;
            }

            if (await LongerAsync(agentId, after, watch, cancellationToken) is not { } isLonger)
            {
                yield break;
            }

            if (!isLonger)
            {
                yield return new SseItem<TransitionView?>(null, Ping);
            }
        }
    }

    /// <returns>Null where the stream is to end: the client comes back and asks for the rest.</returns>
    private static async Task<List<AgentTransition>?> RowsAsync(
        Guid agentId,
        long after,
        ClonesDbContext db,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await db
                .AgentTransitions.AsNoTracking()
                .Where(t => t.AgentId == agentId && t.Sequence > after)
                .OrderBy(t => t.Sequence)
                .Take(RowsAtOnce)
                .ToListAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException || PostgresErrors.IsTransient(e))
        {
            return null;
        }
    }

    /// <inheritdoc cref="RowsAsync"/>
    private static async Task<bool?> LongerAsync(Guid agentId, long after, TransitionWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            return await watch.WaitAsync(agentId, after, PingEvery, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
