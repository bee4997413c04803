using System.Text.Json;
using Clones.Domain.Webhooks;
using MassTransit.Serialization;

namespace Clones.Hosting.Bus;

/// <summary>An event of the broker as webhooks get it.</summary>
public static class EventBody
{
    /// <param name="type">Of <see cref="WebhookEventType"/>.</param>
    /// <param name="message">As it is published.</param>
    public static string Of(string type, DateTimeOffset occurredAt, object message) =>
        WebhookBody.Of(
            type,
            occurredAt,
            JsonSerializer.SerializeToNode(message, message.GetType(), SystemTextJsonMessageSerializer.Options)!
        );
}
