using System.Net;
using System.Net.Sockets;
using Clones.Domain.Webhooks;

namespace Clones.Webhooks;

/// <summary>
/// Connects to public addresses only. The name is resolved here, each address is checked, and the connection goes to the very address that
/// was: a name that resolves to something else a moment later gains nothing (DNS rebinding).
/// </summary>
internal sealed class WebhookConnections(WebhookLookups lookups, WebhookLoopback loopback)
{
    /// <summary>Of a request: whether its endpoint's last attempt failed.</summary>
    public static readonly HttpRequestOptionsKey<bool> IsFailing = new("Clones.Webhooks.IsFailing");

    /// <summary>No proxy, no redirects, no cookies, no decompression: nothing that would send or read more than was meant.</summary>
    public SocketsHttpHandler NewHandler() =>
        new()
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 0,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
        };

    /// <exception cref="WebhookRejectedException">No address of the host may be talked to.</exception>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var isFailing = context.InitialRequestMessage.Options.TryGetValue(IsFailing, out var failing) && failing;
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await lookups.ResolveAsync(host, isFailing, cancellationToken);
        var allowed = new List<IPAddress>();
        string? kind = null;
        foreach (var address in found)
        {
            if (WebhookAddresses.RejectionOf(address, await MayLoopBackAsync(address, cancellationToken)) is { } rejection)
            {
                kind ??= rejection;
            }
            else
            {
                allowed.Add(address);
            }
        }
        if (allowed.Count == 0)
        {
            throw new WebhookRejectedException(kind is null ? "its host has no address" : $"its host has an address that is {kind}");
        }
        return await ConnectAsync(allowed, port, cancellationToken);
    }

    private static async Task<Stream> ConnectAsync(List<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(addresses[i], port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException) when (i < addresses.Count - 1)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private async ValueTask<bool> MayLoopBackAsync(IPAddress address, CancellationToken cancellationToken) =>
        IPAddress.IsLoopback(address) && await loopback.IsKnownToBeAllowedAsync(cancellationToken);
}

/// <summary>The message completes the sentence "It was not sent: ..", for the endpoint's owner.</summary>
internal sealed class WebhookRejectedException(string reason) : Exception(reason);
