using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Messaging;

/// <summary>Distinguishes a database that is away for the moment, and a conflict, from a failure that another try would repeat.</summary>
public static class PostgresErrors
{
    /// <summary>
    /// The database itself is away: nothing is wrong with what was asked of it, and there is no telling how long it takes. Conflicts with
    /// others are not meant.
    /// </summary>
    public static bool IsAway(Exception exception) => IsTransient(exception) && !IsConflict(exception);

    /// <returns>True also where a commit was on its way: whether it was carried out is then unknown.</returns>
    public static bool IsTransient(Exception exception) =>
        Causes(exception)
            .Any(e =>
                e
                    is NpgsqlException { IsTransient: true }
                        or NpgsqlException { InnerException: TimeoutException or IOException or SocketException }
            );

    /// <summary>Somebody else held a lock for longer than <c>lock_timeout</c>.</summary>
    public static bool IsLockTimeout(Exception exception) =>
        Causes(exception).Any(e => e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable });

    private static bool IsConflict(Exception exception) =>
        Causes(exception)
            .Any(e =>
                e
                    is DbUpdateConcurrencyException
                        or PostgresException
                        {
                            SqlState: PostgresErrorCodes.UniqueViolation
                                or PostgresErrorCodes.SerializationFailure
                                or PostgresErrorCodes.DeadlockDetected
                                or PostgresErrorCodes.LockNotAvailable
                        }
            );

    private static IEnumerable<Exception> Causes(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }
}
