using System.Net;
using System.Net.Sockets;

namespace Clones.Testing;

/// <summary>
/// Ports for servers that listen a little later. From below the range out of which the kernel gives ports to outgoing connections:
/// one of those may take, and keep for as long as it lives, a port that was free a moment ago.
/// </summary>
public static class FreePort
{
    private const int Together = 8;

    /// <returns>The address of a port of 127.0.0.1 on which nothing listens.</returns>
    public static Uri Url() => new($"http://127.0.0.1:{Next()}");

    /// <returns>A port on which nothing listens, nor on the seven after it: as many as a cluster of four nodes takes.</returns>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(1250, 2250) * Together;
            if (Enumerable.Range(port, Together).All(IsFree))
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
