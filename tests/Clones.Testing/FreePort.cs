using System.Net;
using System.Net.Sockets;

namespace Clones.Testing;

/// <summary>
/// Ports for servers that listen a little later. From below the range out of which the kernel gives ports to outgoing connections:
/// one of those may take, and keep for as long as it lives, a port that was free a moment ago.
/// </summary>
public static class FreePort
{
    /// <returns>The address of a port of 127.0.0.1 on which nothing listens.</returns>
    public static Uri Url() => new($"http://127.0.0.1:{Pair()}");

    /// <returns>A port on which nothing listens, nor on the next.</returns>
    public static int Pair()
    {
        while (true)
        {
            var port = Random.Shared.Next(5000, 9000) * 2;
            if (IsFree(port) && IsFree(port + 1))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
