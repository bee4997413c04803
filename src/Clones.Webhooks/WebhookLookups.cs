using System.Net;
using System.Net.Sockets;

namespace Clones.Webhooks;

/// <summary>What a name resolves to, asked at each connection; throws <see cref="SocketException"/> where there is none.</summary>
internal delegate Task<IPAddress[]> WebhookResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Bounds the lookups that go on at once. A lookup occupies a thread until the system's resolver ends, also where nobody waits for it any
/// more, so its place is free again only when it has really ended. Endpoints that fail have places of their own: a slow name server of one of
/// them holds up none that is well.
/// </summary>
internal sealed class WebhookLookups(WebhookResolver resolve, WebhookOptions options) : IDisposable
{
    private readonly SemaphoreSlim places = new(options.LookupsAtOnce);
    private readonly SemaphoreSlim placesOfFailing = new(options.LookupsAtOnce);

    /// <param name="isFailing">Whether the endpoint's last attempt failed.</param>
    /// <exception cref="OperationCanceledException">There was no place, or no result, in time.</exception>
    public async Task<IPAddress[]> ResolveAsync(string host, bool isFailing, CancellationToken cancellationToken)
    {
        var place = isFailing ? placesOfFailing : places;
        await place.WaitAsync(cancellationToken);
        return await ResolveAsync(host, place).WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        places.Dispose();
        placesOfFailing.Dispose();
    }

    // Not cancelled: that would end the wait for the lookup and not the lookup.
    private async Task<IPAddress[]> ResolveAsync(string host, SemaphoreSlim place)
    {
        try
        {
            return await resolve(host, CancellationToken.None);
        }
        finally
        {
            place.Release();
        }
    }
}
