using MassTransit;
using MassTransit.Context;

namespace Clones.Messaging.Outbox;

/// <summary>Turns what would have been sent into a row that can be sent later by any process.</summary>
internal static class OutboxMessageCapture
{
    public static OutboxMessage From<T>(SendContext<T> context, string? partitionKey, DateTime now)
        where T : class
    {
        var destination =
            context.DestinationAddress
            ?? throw new MessageException(typeof(T), "The message has no destination address, the outbox cannot keep it.");
        return new OutboxMessage
        {
            MessageId = context.MessageId ?? throw new MessageException(typeof(T), "The message has no id, the outbox cannot keep it."),
            RequestId = context.RequestId,
            CorrelationId = context.CorrelationId,
            ConversationId = context.ConversationId,
            InitiatorId = context.InitiatorId,
            SourceAddress = context.SourceAddress?.ToString(),
            DestinationAddress = destination.ToString(),
            ResponseAddress = context.ResponseAddress?.ToString(),
            FaultAddress = context.FaultAddress?.ToString(),
            MessageType = string.Join(';', context.SupportedMessageTypes),
            Body = context.Serializer.GetMessageBody(context).GetString(),
            ContentType = (context.ContentType ?? context.Serializer.ContentType).ToString(),
            SentTime = context.SentTime?.ToUniversalTime() ?? now,
            ExpirationTime = now + context.TimeToLive,
            EnqueueTime = now + context.Delay,
            // A message for later must not hold up the ones behind it.
            PartitionKey = context.Delay is null ? partitionKey : null,
            Headers = StoredHeaders.Write(context.Headers.GetAll()),
            Properties = PropertiesOf(context),
        };
    }

    private static string? PropertiesOf<T>(SendContext<T> context)
        where T : class
    {
        if (context is not TransportSendContext<T> transport)
        {
            return null;
        }

        var properties = new Dictionary<string, object>(StringComparer.OrdinalIgnoreCase);
        transport.WritePropertiesTo(properties);
        // The delay is the row's: the broker would need a plugin for it, and would wait a second time.
        properties.Remove("Delay");
        return StoredHeaders.Write(properties);
    }
}
