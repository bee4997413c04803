using System.Net.Mime;
using MassTransit;
using MassTransit.Context;

namespace Clones.Messaging.Outbox;

/// <summary>
/// Gives a send context every id, address, header and property of a stored message, and its body byte for byte: the envelope is not
/// parsed and written again.
/// </summary>
internal sealed class StoredMessagePipe(OutboxMessage row, DateTime now) : IPipe<SendContext>
{
    public Task Send(SendContext context)
    {
        context.MessageId = row.MessageId;
        context.RequestId = row.RequestId;
        context.CorrelationId = row.CorrelationId;
        context.ConversationId = row.ConversationId;
        context.InitiatorId = row.InitiatorId;
        context.SourceAddress = ToUri(row.SourceAddress);
        context.ResponseAddress = ToUri(row.ResponseAddress);
        context.FaultAddress = ToUri(row.FaultAddress);
        context.SupportedMessageTypes = row.MessageType.Split(';');
        if (row.ExpirationTime is { } expires)
        {
            context.TimeToLive = expires - now;
        }

        foreach (var (name, value) in StoredHeaders.Read(row.Headers))
        {
            context.Headers.Set(name, value);
        }

        if (row.Properties is not null && context is TransportSendContext transport)
        {
            transport.ReadPropertiesFrom(StoredHeaders.Read(row.Properties));
        }

        context.Serializer = new StoredBodySerializer(new ContentType(row.ContentType), row.Body);
        return Task.CompletedTask;
    }

    public void Probe(ProbeContext context) { }

    private static Uri? ToUri(string? address) => address is null ? null : new Uri(address);

    private sealed class StoredBodySerializer(ContentType contentType, string body) : IMessageSerializer
    {
        public ContentType ContentType { get; } = contentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(body);
    }
}

/// <summary>Stands for the message type where the transport asks for one; the stored body is what is sent.</summary>
internal sealed class StoredMessage
{
    public static readonly StoredMessage Instance = new();
}
