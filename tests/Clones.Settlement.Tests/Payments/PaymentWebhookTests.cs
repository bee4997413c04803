using System.Text.Json.Nodes;
using Clones.Domain.Payments;
using Clones.Domain.Webhooks;
using Clones.Persistence;
using Clones.Settlement.Events;
using Clones.Testing;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Clones.Settlement.Tests.Payments;

/// <summary>Events of payments on the broker, and the webhook deliveries that are written with them.</summary>
public sealed class PaymentWebhookTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    private readonly Dictionary<Guid, JsonNode> tapped = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_is_delivered_to_each_webhook_that_wants_it_with_the_id_and_the_content_of_the_broker()
    {
        await using var connection = await new ConnectionFactory { Uri = host.Broker.Amqp }.CreateConnectionAsync(Cancellation);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancellation);
        await channel.QueueDeclareAsync("tap", durable: false, exclusive: false, autoDelete: false, cancellationToken: Cancellation);
        foreach (var exchange in (string[])["payment-confirmed", "payment-completed", "payment-failed"])
        {
            await channel.QueueBindAsync("tap", exchange, "", cancellationToken: Cancellation);
        }
        var pool = await host.CreatePoolAsync(2 * Sol);
        var all = await RegisterAsync(pool.OwnerAddress);
        var completions = await RegisterAsync(pool.OwnerAddress, WebhookEventType.PaymentCompleted);
        await RegisterAsync(pool.OwnerAddress, WebhookEventType.PaymentFailed);
        await RegisterAsync(pool.OwnerAddress, isEnabled: false);
        await RegisterAsync(TestKeys.FreshAddress());

        var paid = await host.PayAsync(pool, TestKeys.FreshAddress(), 5_000_000);
        await host.UntilPaymentAsync(paid.Id, PaymentStatus.Completed);
        await FailAsync(paid, commits: true);

        var deliveries = await DeliveriesAsync();
        var failed = deliveries.Where(d => d.EventType == WebhookEventType.PaymentFailed).ToList();
        failed.Count.ShouldBe(2);
        deliveries.Count(d => d.EndpointId == completions).ShouldBe(1);
        deliveries.Single(d => d.EndpointId == completions).EventType.ShouldBe(WebhookEventType.PaymentCompleted);
        var ofAll = deliveries.Where(d => d.EndpointId == all).ToDictionary(d => d.EventId);
        deliveries.Select(d => d.EventId).Distinct().Count().ShouldBe(ofAll.Count);
        var published = await PatientWait.UntilAsync(() => TappedAsync(channel, paid.Id, ofAll.Count), "the events on the broker");
        foreach (var (id, data) in published)
        {
            var body = JsonNode.Parse(ofAll[id].Body)!;
            JsonNode.DeepEquals(body["data"], data).ShouldBeTrue($"{body["data"]} {data}");
            body["type"]!.GetValue<string>().ShouldBe(ofAll[id].EventType);
            body["timestamp"]!.GetValue<DateTimeOffset>().ShouldBe(data["occurredAt"]!.GetValue<DateTimeOffset>());
        }
    }

    [Fact]
    public async Task What_is_not_committed_is_delivered_to_nobody()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var endpoint = await RegisterAsync(pool.OwnerAddress, WebhookEventType.PaymentFailed);
        var paid = await host.PayAsync(pool, TestKeys.FreshAddress(), 5_000_000);

        await FailAsync(paid, commits: false);

        (await DeliveriesAsync()).ShouldNotContain(d => d.EndpointId == endpoint);
    }

    /// <summary>As the worker does for a payment that waited in vain, without waiting.</summary>
    private async Task FailAsync(Payment payment, bool commits)
    {
        await using var scope = host.FirstWorker.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
        var events = scope.ServiceProvider.GetRequiredService<PaymentEventPublisher>();
        await events.PublishAsync(PaymentEvents.Failed(payment, DateTimeOffset.UnixEpoch.AddHours(1)), Cancellation);
        await events.WriteDeliveriesAsync(Cancellation);
        await db.SaveChangesAsync(Cancellation);
        if (commits)
        {
            await transaction.CommitAsync(Cancellation);
        }
    }

    private async Task<Guid> RegisterAsync(string owner, string? only = null, bool isEnabled = true)
    {
        var endpoint = new WebhookEndpoint
        {
            Id = Guid.CreateVersion7(),
            OwnerAddress = owner,
            Url = "https://owner.test/events",
            EventTypes = only is null ? [] : [only],
            IsEnabled = isEnabled,
            SecretGeneration = 1,
            CreatedAt = DateTimeOffset.UnixEpoch,
            UpdatedAt = DateTimeOffset.UnixEpoch,
            Version = 1,
        };
        await host.WithAsync(
            async (_, db) =>
            {
                db.WebhookEndpoints.Add(endpoint);
                return await db.SaveChangesAsync(Cancellation);
            }
        );
        return endpoint.Id;
    }

    private Task<List<WebhookDelivery>> DeliveriesAsync() =>
        host.WithAsync((_, db) => db.WebhookDeliveries.AsNoTracking().ToListAsync(Cancellation));

    /// <summary>Of one payment: those of other tests may still be on their way.</summary>
    private async Task<Dictionary<Guid, JsonNode>?> TappedAsync(IChannel channel, Guid paymentId, int count)
    {
        while (await channel.BasicGetAsync("tap", autoAck: true, Cancellation) is { } message)
        {
            var data = JsonNode.Parse(message.Body.Span)!;
            if (data["paymentId"]!.GetValue<Guid>() == paymentId)
            {
                tapped[Guid.Parse(message.BasicProperties.MessageId!)] = data;
            }
        }
        return tapped.Count >= count ? tapped : null;
    }
}
