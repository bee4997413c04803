using Clones.Hosting.Bus;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Webhooks;

/// <summary>Writes what is to be sent. Handled again, an event adds nothing.</summary>
internal sealed class WebhookDeliveries(ClonesDbContext db, TimeProvider time)
{
    /// <exception cref="UnacceptableMessageException">The message has no id, so that nobody could tell it from another.</exception>
    public async Task AddAsync<TEvent>(ConsumeContext<TEvent> context, string type, string owner, DateTimeOffset occurredAt)
        where TEvent : class
    {
        var eventId =
            context.MessageId is { } id && id != Guid.Empty
                ? id
                : throw new UnacceptableMessageException("The message has no id (a UUID as message_id).");
        var endpoints = await db
            .WebhookEndpoints.Where(e => e.OwnerAddress == owner && e.DeletedAt == null && e.IsEnabled)
            .Where(e => e.EventTypes.Count == 0 || e.EventTypes.Contains(type))
            .Select(e => e.Id)
            .ToListAsync(context.CancellationToken);
        if (endpoints.Count > 0)
        {
            var body = EventBody.Of(type, occurredAt, context.Message);
            await db.AddDeliveriesAsync(
                endpoints.ConvertAll(endpoint => new NewDelivery(endpoint, eventId, type, body)),
                time.GetUtcNow(),
                context.CancellationToken
            );
        }
    }
}
