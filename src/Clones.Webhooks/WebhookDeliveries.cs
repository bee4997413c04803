using Clones.Hosting.Bus;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using MassTransit;

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
        var subscribed = await db.SubscribedAsync([owner], [], context.CancellationToken);
        var endpoints = subscribed.Where(e => e.Wants(type)).Select(e => e.EndpointId).ToList();
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
