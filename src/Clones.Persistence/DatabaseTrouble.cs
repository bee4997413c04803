using System.Net.Sockets;
using Npgsql;

namespace Clones.Persistence;

/// <summary>Tells a database that is away for the moment from a failure that another try would repeat.</summary>
public static class DatabaseTrouble
{
    /// <summary>
    /// The database itself is away: nothing is wrong with what was asked of it, and there is no telling how long it takes. Conflicts with
    /// others (class 40) are not meant.
    /// </summary>
    public static bool IsAway(Exception exception) => IsPassing(exception) && !IsConflict(exception);

    private static bool IsConflict(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is PostgresException { SqlState: ['4', '0', ..] })
            {
                return true;
            }
        }
        return false;
    }

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
