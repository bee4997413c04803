using Clones.Messaging.Bus;
using Clones.Messaging.Inbox;
using MassTransit;

namespace Clones.Messaging;

/// <summary>How often a message is tried before it goes to the error queue, each try in a scope and a database transaction of its own.</summary>
public static class RetryPolicy
{
    /// <summary>
    /// A transient failure is not the fault of the message: it is tried every 2 s for 25 minutes. Not longer, since RabbitMQ takes back what is
    /// not acknowledged within 30. Any other failure, conflicts in the database included, is tried again from 0.1 s, doubling, to 10 s. What the
    /// inbox or the consumer rejects for good is not tried again. To be called before
    /// <see cref="EntityFrameworkOutboxExtensions.UseEntityFrameworkOutbox{TDbContext}"/>.
    /// </summary>
    /// <param name="endpoint">Whose messages.</param>
    /// <param name="isTransient">What is waited for besides a database that is away (<see cref="PostgresErrors.IsAway"/>).</param>
    /// <param name="attempts">Further tries after a failure that is not transient.</param>
    public static void UseRetryPolicy(
        this IReceiveEndpointConfigurator endpoint,
        Func<Exception, bool>? isTransient = null,
        int attempts = 7
    )
    {
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsTransient);
            retry.Interval(750, TimeSpan.FromSeconds(2));
        });
        endpoint.UseMessageRetry(retry =>
        {
            retry.Ignore<Exception>(IsTransient);
            retry.Ignore<UnacceptableMessageException>();
            retry.Ignore<InboxException>();
            retry.Exponential(attempts, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(300));
        });

        bool IsTransient(Exception exception)
        {
            for (var e = exception; e is not null && isTransient is not null; e = e.InnerException)
            {
                if (isTransient(e))
                {
                    return true;
                }
            }
            return PostgresErrors.IsAway(exception);
        }
    }
}
