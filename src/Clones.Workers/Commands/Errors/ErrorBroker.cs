using System.Diagnostics.CodeAnalysis;
using Clones.Messaging.Bus;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Clones.Workers.Commands.Errors;

/// <summary>The error queues at the broker: what lies in them, and the way back.</summary>
internal sealed class ErrorBroker(IConnection connection) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <param name="address">As RABBITMQ_URL has it.</param>
    /// <param name="cancellationToken">Ends the wait for the broker.</param>
    public static async Task<ErrorBroker> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var factory = new ConnectionFactory
        {
            // MassTransit knows these schemes by another name, too.
            Uri = new UriBuilder(address) { Scheme = address.Scheme is "amqps" or "rabbitmqs" ? "amqps" : "amqp" }.Uri,
            ClientProvidedName = "clones errors",
            RequestedConnectionTimeout = ConnectTimeout,
            AutomaticRecoveryEnabled = false,
        };
        return new ErrorBroker(await factory.CreateConnectionAsync(cancellationToken));
    }

    /// <summary>Reads the messages in their order; they stay where they are.</summary>
    /// <param name="queue">Where.</param>
    /// <param name="countMax">At how many.</param>
    /// <param name="see">Is given one after the other.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>How many there are; null where there is no such queue.</returns>
    public async Task<uint?> ReadAsync(
        ErrorQueueName queue,
        int countMax,
        Func<ErrorMessage, Task> see,
        CancellationToken cancellationToken
    )
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        if (await DepthAsync(channel, queue.Name, cancellationToken) is not { } depth)
        {
            return null;
        }
        for (var seen = 0; seen < Math.Min(depth, countMax); seen++)
        {
            // Never acknowledged: all of them are back in their places when the channel closes.
            if (await channel.BasicGetAsync(queue.Name, autoAck: false, cancellationToken) is not { } message)
            {
                break;
            }
            await see(ErrorMessage.Of(message.BasicProperties, message.Body));
        }
        return depth;
    }

    /// <summary>
    /// Moves messages back to the queue that they came from, each with its message id: the broker has confirmed the copy before the original is
    /// acknowledged. Whoever is killed in between leaves both, and the inbox handles one. What fails again meanwhile is not moved a second time.
    /// </summary>
    /// <param name="queue">Where from.</param>
    /// <param name="id">Only those of this id; null for all.</param>
    /// <param name="moved">Is called for each that was moved.</param>
    /// <param name="cancellationToken">Ends it between two messages.</param>
    /// <param name="copied">For tests: runs between confirmation and acknowledgement.</param>
    /// <returns>Whether there is such a queue.</returns>
    /// <exception cref="OriginMissingException">The queue that they came from is gone; nothing is moved.</exception>
    public async Task<bool> ReplayAsync(
        ErrorQueueName queue,
        string? id,
        Action moved,
        CancellationToken cancellationToken,
        Func<Task>? copied = null
    )
    {
        await using var source = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        if (await DepthAsync(source, queue.Name, cancellationToken) is not { } depth)
        {
            return false;
        }
        await using var target = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), cancellationToken);
        for (var seen = 0; seen < depth; seen++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // From here on to the end: half a move would only be a duplicate, and none is better.
            if (await source.BasicGetAsync(queue.Name, autoAck: false, CancellationToken.None) is not { } message)
            {
                break;
            }
            if (id is not null && ErrorMessage.IdOf(message.BasicProperties, message.Body) != id)
            {
                // Not acknowledged: back in its place when the channel closes.
                continue;
            }
            try
            {
                await target.BasicPublishAsync(
                    "",
                    queue.Origin,
                    mandatory: true,
                    PropertiesOf(message),
                    message.Body,
                    CancellationToken.None
                );
            }
            catch (PublishException e) when (e.IsReturn)
            {
                throw new OriginMissingException(queue.Origin);
            }
            await (copied?.Invoke() ?? Task.CompletedTask);
            await source.BasicAckAsync(message.DeliveryTag, multiple: false, CancellationToken.None);
            moved();
        }
        return true;
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static async Task<uint?> DepthAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return null;
        }
    }

    /// <summary>As they were when the message came for the first time, as far as they are known.</summary>
    private static BasicProperties PropertiesOf(BasicGetResult message)
    {
        var properties = ErrorQueueMove.PropertiesOf(message.BasicProperties);
        properties.Persistent = true;
        foreach (var header in properties.Headers?.Keys.Where(IsOfTheFailure).ToList() ?? [])
        {
            properties.Headers!.Remove(header);
        }
        return properties;
    }

    private static bool IsOfTheFailure(string header) =>
        header is "MT-Reason" or "x-delivery-count" || header.StartsWith("MT-Fault-", StringComparison.Ordinal);
}

/// <summary>There is no queue to move messages back to.</summary>
[SuppressMessage("Design", "CA1032", Justification = "It is made in one place.")]
internal sealed class OriginMissingException(string queue) : Exception($"There is no queue \"{queue}\" to move them back to.");
