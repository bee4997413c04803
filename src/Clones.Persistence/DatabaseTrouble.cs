using System.Net.Sockets;
using Clones.Persistence.Messaging;
using Npgsql;

namespace Clones.Persistence;

/// <summary>Tells a database that is away for the moment from a failure that another try would repeat.</summary>
public static class DatabaseTrouble
{
    /// <summary>
    /// The database itself is away: nothing is wrong with what was asked of it, and there is no telling how long it takes. Conflicts with
    /// others are not meant.
    /// </summary>
    public static bool IsAway(Exception exception) => IsPassing(exception) && !MessagingRetryExtensions.IsConflict(exception);

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
