using System.Net;
using System.Net.Http.Headers;

namespace Clones.Custody.Transit;

/// <summary>
/// A request body that is sent straight from a pinned buffer, which its owner wipes. What HttpClient, TLS and the socket copy into buffers of their own
/// on the way is out of our hands: it cannot be wiped, and is overwritten when they use those buffers again.
/// </summary>
internal sealed class PinnedJsonContent : HttpContent
{
    private readonly PinnedBuffer body;

    public PinnedJsonContent(PinnedBuffer body)
    {
        this.body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        stream.WriteAsync(body.Written, cancellationToken).AsTask();

    protected override bool TryComputeLength(out long length)
    {
        length = body.Written.Length;
        return true;
    }
}
