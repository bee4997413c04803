using System.Collections.Concurrent;
using Clones.Hosting;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Agents;

/// <summary>
/// Wakes the streams whose agent has a new row in its history. It reads the database, which all API processes and workers share, with one
/// query for all streams of this process: a stream costs no query of its own while nothing happens to its agent.
/// </summary>
internal sealed class TransitionWatch(IServiceScopeFactory scopes, TimeProvider time, ILogger<TransitionWatch> log) : PassService(time, log)
{
    private readonly ConcurrentDictionary<Waiter, byte> waiters = new();

    /// <summary>Until the agent's history is longer than <paramref name="after"/> rows, or the time is over.</summary>
    /// <returns>Whether it is longer.</returns>
    public async Task<bool> WaitAsync(Guid agentId, long after, TimeSpan limit, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(agentId, after);
        waiters.TryAdd(waiter, 0);
        try
        {
            await waiter.Longer.Task.WaitAsync(limit, Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            waiters.TryRemove(waiter, out _);
        }
    }

    protected override TimeSpan PassEvery => TimeSpan.FromMilliseconds(300);

    public override Task PassAsync(CancellationToken cancellationToken) =>
        waiters.IsEmpty ? Task.CompletedTask : ReadAsync([.. waiters.Keys], cancellationToken);

    private async Task ReadAsync(Waiter[] waiting, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        var agents = waiting.Select(w => w.AgentId).Distinct().ToArray();
        var lengths = await db
            .AgentLifecycles.Where(l => agents.Contains(l.CorrelationId))
            .Select(l => new { l.CorrelationId, l.Sequence })
            .ToDictionaryAsync(l => l.CorrelationId, l => l.Sequence, cancellationToken);
        foreach (var waiter in waiting)
        {
            if (lengths.GetValueOrDefault(waiter.AgentId) > waiter.After)
            {
                waiter.Longer.TrySetResult();
            }
        }
    }

    private sealed class Waiter(Guid agentId, long after)
    {
        public Guid AgentId { get; } = agentId;
        public long After { get; } = after;
        public TaskCompletionSource Longer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
