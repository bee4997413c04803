using MassTransit;

namespace Clones.Messaging.Outbox;

/// <summary>What became of one attempt to give a row to the broker.</summary>
internal readonly record struct SendOutcome(SendResult Result, string? Error = null);

internal enum SendResult
{
    /// <summary>The broker confirmed it, or it had expired.</summary>
    Delivered,

    /// <summary>The broker could not be reached or did not answer: not the message's fault.</summary>
    Outage,

    /// <summary>This message cannot be sent as it is.</summary>
    Rejected,
}

/// <summary>Gives stored messages to the broker and waits for its confirmation.</summary>
internal sealed class OutboxSender<TDbContext>(IBus bus, TimeProvider time, OutboxOptionsOf<TDbContext> options)
{
    public async Task<SendOutcome> SendAsync(OutboxMessage row, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Value.SendTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var now = time.GetUtcNow().UtcDateTime;
            if (row.ExpirationTime <= now)
            {
                return new(SendResult.Delivered);
            }

            var endpoint = await bus.GetSendEndpoint(new Uri(row.DestinationAddress)).WaitAsync(linked.Token).ConfigureAwait(false);
            await endpoint.Send(StoredMessage.Instance, new StoredMessagePipe(row, now), linked.Token).ConfigureAwait(false);
            return new(SendResult.Delivered);
        }
        catch (OperationCanceledException)
        {
            return new(SendResult.Outage, $"The broker did not confirm within {options.Value.SendTimeout.TotalSeconds:0} s.");
        }
        catch (Exception exception)
            when (exception is ConnectionException or IOException || exception.InnerException is ConnectionException)
        {
            return new(SendResult.Outage, Describe(exception));
        }
        catch (Exception exception)
        {
            return new(SendResult.Rejected, Describe(exception));
        }
    }

    private static string Describe(Exception exception)
    {
        var text = $"{exception.GetType().Name}: {exception.Message}";
        return text.Length <= 1000 ? text : text[..1000];
    }
}
