using System.Net;

namespace Clones.Custody.Transit;

/// <summary>An answer of Vault, in pinned memory until it is disposed.</summary>
internal sealed class TransitReply(HttpStatusCode status, TimeSpan? retryAfter, PinnedBuffer body) : IDisposable
{
    public HttpStatusCode Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    public ReadOnlySpan<byte> Body => body.Written.Span;

    public void Dispose() => body.Dispose();
}
