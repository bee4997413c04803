namespace Clones.Solana.Rpc;

/// <summary>Remembers the failures of one endpoint and for how long it is left alone. Safe for use by many threads.</summary>
/// <param name="failed">Called at every failure that counts; null where nobody listens.</param>
internal sealed class EndpointState(IRpcClient client, TimeProvider time, Action<EndpointHealth>? failed = null)
{
    internal static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(500);
    internal static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    /// <summary>A node that lets its callers wait for nothing costs more than one that rejects: it is asked again later.</summary>
    internal static readonly TimeSpan PauseAfterTimeout = TimeSpan.FromSeconds(8);

    private readonly Lock gate = new();
    private int consecutiveFailures;
    private DateTimeOffset pausedUntil;
    private string? lastFailure;

    public IRpcClient Client => client;

    public DateTimeOffset PausedUntil
    {
        get
        {
            lock (gate)
            {
                return pausedUntil;
            }
        }
    }

    public bool IsPaused => PausedUntil > time.GetUtcNow();

    public EndpointHealth Health
    {
        get
        {
            lock (gate)
            {
                return Read();
            }
        }
    }

    public void Answered()
    {
        lock (gate)
        {
            consecutiveFailures = 0;
            pausedUntil = default;
        }
    }

    /// <summary>Noted for operators; of the node it says nothing.</summary>
    public void NotAsked(RpcException reason)
    {
        lock (gate)
        {
            lastFailure = reason.Diagnosis;
        }
    }

    public void Failed(RpcException failure)
    {
        EndpointHealth? counted;
        lock (gate)
        {
            var now = time.GetUtcNow();
            lastFailure = failure.Diagnosis;
            // Calls that were under way together fail together: they count as one, or the pause would grow with the load.
            var counts = pausedUntil <= now;
            if (counts)
            {
                consecutiveFailures++;
            }

            var until = now + Pause(failure);
            pausedUntil = until > pausedUntil ? until : pausedUntil;
            counted = counts ? Read() : null;
        }

        if (counted is not null)
        {
            failed?.Invoke(counted);
        }
    }

    // Under the lock.
    private EndpointHealth Read() =>
        new(EndpointName.Of(client.Endpoint), consecutiveFailures, pausedUntil > time.GetUtcNow() ? pausedUntil : null, lastFailure);

    private TimeSpan Pause(RpcException failure)
    {
        // A node may ask for more than the usual pause, but not switch itself off for good.
        var doubled = PauseMin * Math.Pow(2, Math.Min(consecutiveFailures - 1, 16));
        var asked = failure switch
        {
            RpcRateLimitedException { RetryAfter: { } wait } => wait,
            RpcTransportException { IsTimeout: true } => PauseAfterTimeout,
            _ => TimeSpan.Zero,
        };
        var pause = asked > doubled ? asked : doubled;
        return pause < PauseMax ? pause : PauseMax;
    }
}
