using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Clones.Messaging.Tests;

/// <summary>
/// A TCP proxy in front of PostgreSQL that counts network round trips: each time a client sends after the server has answered. What
/// the driver sends in one flight counts once, however many statements it holds; nothing that waits for an answer can hide.
/// </summary>
public sealed class CountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly (string Host, int Port) _server;
    private readonly Task _accepting;
    private long _roundTrips;

    /// <param name="listenOn">0: any port that is free.</param>
    public CountingProxy(string host, int port, int listenOn = 0)
    {
        _listener = new TcpListener(IPAddress.Loopback, listenOn);
        _server = (host, port);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public long RoundTrips => Interlocked.Read(ref _roundTrips);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            var server = new TcpClient { NoDelay = true };
            client.NoDelay = true;
            _clients.Add(client);
            _clients.Add(server);
            await server.ConnectAsync(_server.Host, _server.Port, _stop.Token);
            var flight = new Flight();
            _ = RelayAsync(client.GetStream(), server.GetStream(), asks: true, flight);
            _ = RelayAsync(server.GetStream(), client.GetStream(), asks: false, flight);
        }
    }

    private async Task RelayAsync(NetworkStream from, NetworkStream to, bool asks, Flight flight)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var length)
        {
            if (Interlocked.Exchange(ref flight.Asking, asks) != asks && asks)
            {
                Interlocked.Increment(ref _roundTrips);
            }

            await to.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
        }
        to.Socket.Shutdown(SocketShutdown.Send);
    }

    private sealed class Flight
    {
        public bool Asking;
    }
}
