using Clones.Contracts.Payments;
using Clones.Domain.Webhooks;
using Clones.Hosting.Bus;
using Clones.Persistence;
using Clones.Persistence.Webhooks;
using MassTransit;

namespace Clones.Settlement.Events;

/// <summary>
/// Publishes events of payments, and writes the webhook deliveries of each in the commit of what happened. By way of the broker, each of a thousand
/// payments a second would be one more message in a queue of our own, with a look-up of its own.
/// </summary>
internal sealed class PaymentEventPublisher(ClonesDbContext db, IPublishEndpoint publish, TimeProvider time)
{
    private readonly List<(Guid Id, PaymentFields Event)> published = [];

    public Task PublishAsync(PaymentFields payment, CancellationToken cancellationToken)
    {
        // The same on the broker and in the deliveries: receivers tell doubles by it.
        var id = Guid.CreateVersion7(time.GetUtcNow());
        published.Add((id, payment));
        return publish.Publish(
            payment,
            payment.GetType(),
            Pipe.Execute<PublishContext>(context => context.MessageId = id),
            cancellationToken
        );
    }

    /// <summary>For what was published since the last call, within the open database transaction. To be called before its commit.</summary>
    public async Task WriteDeliveriesAsync(CancellationToken cancellationToken)
    {
        if (published.Count == 0)
        {
            return;
        }
        var subscribed = await db.SubscribedAsync([], [.. published.Select(p => p.Event.TrainingPoolId).Distinct()], cancellationToken);
        var byPool = subscribed.ToLookup(e => e.TrainingPoolId);
        var deliveries = new List<NewDelivery>();
        foreach (var (id, payment) in published)
        {
            var type = TypeOf(payment);
            var endpoints = byPool[payment.TrainingPoolId].Where(e => e.Wants(type)).Select(e => e.EndpointId).ToList();
            if (endpoints.Count > 0)
            {
                var body = EventBody.Of(type, payment.OccurredAt, payment);
                deliveries.AddRange(endpoints.Select(endpoint => new NewDelivery(endpoint, id, type, body)));
            }
        }
        published.Clear();
        await db.AddDeliveriesAsync(deliveries, time.GetUtcNow(), cancellationToken);
    }

    private static string TypeOf(PaymentFields payment) =>
        payment switch
        {
            PaymentConfirmed => WebhookEventType.PaymentConfirmed,
            PaymentCompleted => WebhookEventType.PaymentCompleted,
            PaymentFailed => WebhookEventType.PaymentFailed,
            _ => throw new InvalidOperationException($"No webhook has the type of {payment.GetType().Name}."),
        };
}
