using System.Text.Json;
using Clones.Domain.Webhooks;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using MassTransit;
using MassTransit.Serialization;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>Writes what is to be sent. Handled again, an event adds nothing.</summary>
internal sealed class WebhookDeliveries(ClonesDbContext db, TimeProvider time)
{
    /// <exception cref="UnacceptableMessageException">The message has no id, so that nobody could tell it from another.</exception>
    public async Task AddAsync<TEvent>(ConsumeContext<TEvent> context, string type, string owner, DateTimeOffset occurredAt)
        where TEvent : class
    {
        var endpoints = await db
            .WebhookEndpoints.Where(e => e.OwnerAddress == owner && e.DeletedAt == null && e.IsEnabled)
            .Where(e => e.EventTypes.Count == 0 || e.EventTypes.Contains(type))
            .Select(e => e.Id)
            .ToListAsync(context.CancellationToken);
        await AddAsync(context, type, endpoints, occurredAt);
    }

    /// <inheritdoc cref="AddAsync{TEvent}(ConsumeContext{TEvent}, string, string, DateTimeOffset)"/>
    public async Task AddAsync<TEvent>(
        ConsumeContext<TEvent> context,
        string type,
        IReadOnlyList<Guid> endpoints,
        DateTimeOffset occurredAt
    )
        where TEvent : class
    {
        var eventId =
            context.MessageId is { } id && id != Guid.Empty
                ? id
                : throw new UnacceptableMessageException("The message has no id (a UUID as message_id).");
        if (endpoints.Count == 0)
        {
            return;
        }
        var data = JsonSerializer.SerializeToNode(context.Message, SystemTextJsonMessageSerializer.Options)!;
        var body = WebhookBody.Of(type, occurredAt, data);
        var now = time.GetUtcNow();
        foreach (var endpoint in endpoints)
        {
            await db.AddDeliveryAsync(endpoint, eventId, type, body, now, context.CancellationToken);
        }
    }
}
