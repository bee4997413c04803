namespace Clones.Client;

/// <summary>How long something may be silent. It begins when something is asked, not while a person reads what the wallet is to sign.</summary>
internal sealed class RequestDeadline : IDisposable
{
    private readonly TimeSpan limit;
    private readonly CancellationTokenSource own;
    private readonly CancellationTokenSource linked;

    public RequestDeadline(TimeSpan limit, TimeProvider time, CancellationToken caller)
    {
        this.limit = limit;
        Caller = caller;
        own = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(caller, own.Token);
    }

    /// <summary>Of the caller alone.</summary>
    public CancellationToken Caller { get; }

    /// <summary>Of the caller, and of the limit once it runs.</summary>
    public CancellationToken Token => linked.Token;

    /// <summary>Starts the time, or starts it anew.</summary>
    public void Begin() => own.CancelAfter(limit);

    public void Dispose()
    {
        linked.Dispose();
        own.Dispose();
    }
}
