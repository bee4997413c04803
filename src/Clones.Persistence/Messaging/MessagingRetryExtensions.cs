using MassTransit;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Persistence.Messaging;

/// <summary>Retry of whole messages, each attempt in a scope and transaction of its own.</summary>
public static class MessagingRetryExtensions
{
    /// <summary>
    /// What a database that is away makes fail waits for it, see <see cref="UsePassingTroubleRetry"/>. To be called before <see cref="EntityFrameworkOutboxExtensions.UseEntityFrameworkOutbox{TDbContext}"/>. Conflicts in the database
    /// (unique key, serialization, deadlock, concurrency) are retried up to 8 times within about 6 s; any other failure
    /// up to <paramref name="attempts"/> times, from 0.5 s doubling to 10 s; a message that the inbox refuses not at all.
    /// </summary>
    public static void UseMessagingRetry(this IReceiveEndpointConfigurator configurator, int attempts = 4)
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.UsePassingTroubleRetry();
        if (attempts > 0)
            configurator.UseMessageRetry(retry =>
            {
                retry.Handle<Exception>(exception => !IsConflict(exception) && !IsRefused(exception) && !IsPassing(exception));
                retry.Exponential(attempts, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(0.5));
            });
        configurator.UseDatabaseRetry();
    }

    /// <summary>
    /// A database that is away, or a master key that has not come here yet, is not the fault of the messages that come meanwhile: each is tried
    /// every 2 s for 25 minutes before it ends in the error queue. Not longer, since RabbitMQ takes back what is not acknowledged within 30. The
    /// outermost of all retries, and those within must let such failures by (<see cref="IsPassing"/>).
    /// </summary>
    public static void UsePassingTroubleRetry(this IReceiveEndpointConfigurator configurator) =>
        configurator.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsPassing);
            retry.Interval(750, TimeSpan.FromSeconds(2));
        });

    /// <summary>Whether it is to be waited for: <see cref="DatabaseTrouble.IsAway"/>, or an <see cref="IPassingTrouble"/>.</summary>
    public static bool IsPassing(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (e is IPassingTrouble)
                return true;
        return DatabaseTrouble.IsAway(exception);
    }

    /// <summary>The conflicts alone.</summary>
    public static void UseDatabaseRetry(this IReceiveEndpointConfigurator configurator) =>
        configurator.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsConflict);
            retry.Intervals(20, 50, 100, 250, 500, 1000, 2000, 2000);
        });

    /// <summary>Whether a fresh attempt can be expected to succeed where this one collided with another.</summary>
    public static bool IsConflict(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (
                exception
                is DbUpdateConcurrencyException
                    or PostgresException
                    {
                        SqlState: PostgresErrorCodes.UniqueViolation
                            or PostgresErrorCodes.SerializationFailure
                            or PostgresErrorCodes.DeadlockDetected
                    }
            )
                return true;
        return false;
    }

    private static bool IsRefused(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is InboxException)
                return true;
        return false;
    }
}
