using System.Net.Sockets;
using Npgsql;

namespace Clones.Persistence;

/// <summary>Tells a database that is away for the moment from a failure that another try would repeat.</summary>
public static class DatabaseTrouble
{
    /// <returns>True also where a commit was on its way: whether it was carried out is then unknown.</returns>
    public static bool IsPassing(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (
                e
                is NpgsqlException { IsTransient: true }
                    or NpgsqlException { InnerException: TimeoutException or IOException or SocketException }
            )
            {
                return true;
            }
        }
        return false;
    }
}
