using System.Collections.Concurrent;

namespace Clones.Webhooks;

/// <summary>
/// Endpoints that took long to answer this process. They count as failing for the choice of what is sent, so that servers that are well but slow
/// do not take every request that a worker makes at once. Each process learns it by itself, from its own requests.
/// </summary>
internal sealed class WebhookSlowEndpoints(TimeProvider time)
{
    /// <summary>A longer answer than this is a slow one.</summary>
    public static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(5);

    /// <summary>After it an endpoint counts as new, unless it has answered sooner.</summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> slowUntil = new();

    /// <param name="took">From the name lookup to the answer's status.</param>
    public void Record(Guid endpointId, TimeSpan took)
    {
        if (took > SlowFrom)
        {
            slowUntil[endpointId] = time.GetUtcNow() + RememberedFor;
        }
        else
        {
            slowUntil.TryRemove(endpointId, out _);
        }
    }

    public Guid[] Now()
    {
        var now = time.GetUtcNow();
        foreach (var past in slowUntil.Where(e => e.Value <= now))
        {
            slowUntil.TryRemove(past);
        }
        return [.. slowUntil.Keys];
    }
}
