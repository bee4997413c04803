namespace Clones.Solana.Rpc;

/// <summary>A call to a node brought no result. The kinds mean different things to a caller; none of them means "not found".</summary>
/// <remarks>
/// No text here holds request data (transactions) or more of the endpoint than scheme, host and port (keys hide in the rest), and
/// <see cref="Exception.Message"/> not even that: it may be shown to anybody.
/// </remarks>
public abstract class RpcException : Exception, INodeFailure
{
    private protected RpcException(Uri endpoint, string method, string text, RpcFault fault = RpcFault.Node)
        : base(fault == RpcFault.Request ? "The chain rejects the request." : "The chain does not answer now.")
    {
        Endpoint = EndpointName.Of(endpoint);
        Method = method;
        Fault = fault;
        Diagnosis = $"{method} at {Endpoint}: {text}";
    }

    /// <summary>Scheme, host and port of the node.</summary>
    public string Endpoint { get; }

    /// <summary>The RPC method, such as getSlot.</summary>
    public string Method { get; }

    public RpcFault Fault { get; }

    public string Diagnosis { get; }

    /// <summary>Whether its node was blamed for it: once, however often it is heard.</summary>
    internal bool IsRecorded { get; set; }

    // Logs write this.
    public override string ToString() => $"{Diagnosis}{Environment.NewLine}{base.ToString()}";
}

/// <summary>
/// No usable answer came: no connection, a timeout, an HTTP error, or something that is not a JSON-RPC answer. Whether the node acted on
/// the request is unknown.
/// </summary>
public sealed class RpcTransportException : RpcException
{
    internal RpcTransportException(Uri endpoint, string method, string text, int? httpStatus = null, bool isTimeout = false)
        : base(endpoint, method, text)
    {
        HttpStatus = httpStatus;
        IsTimeout = isTimeout;
    }

    /// <summary>Set when an HTTP answer came at all.</summary>
    public int? HttpStatus { get; }

    public bool IsTimeout { get; }
}

/// <summary>
/// The node asks for fewer requests, or would get more than its <see cref="RpcLimit"/>; then it was not asked, and the fault is
/// <see cref="RpcFault.Unasked"/>.
/// </summary>
public sealed class RpcRateLimitedException : RpcException
{
    internal RpcRateLimitedException(Uri endpoint, string method, TimeSpan? retryAfter)
        : base(endpoint, method, retryAfter is { } wait ? $"rate limited, retry after {wait.TotalSeconds:0} s" : "rate limited") =>
        RetryAfter = retryAfter;

    private RpcRateLimitedException(Uri endpoint, string method, string text, RpcFault fault)
        : base(endpoint, method, text, fault) { }

    /// <summary>How long the node asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    internal static RpcRateLimitedException OfOurs(Uri endpoint, string method) =>
        new(endpoint, method, "not asked: the requests that our own limit allows were not enough in time", RpcFault.Unasked);
}

/// <summary>The node itself says that it lags behind the cluster, or has not reached the asked-for slot.</summary>
public sealed class RpcNodeBehindException : RpcException
{
    internal RpcNodeBehindException(Uri endpoint, string method, ulong? slotsBehind)
        : base(endpoint, method, slotsBehind is { } slots ? $"node is {slots} slots behind" : "node is behind") =>
        SlotsBehind = slotsBehind;

    /// <summary>Null when the node does not say.</summary>
    public ulong? SlotsBehind { get; }
}
