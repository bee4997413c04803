using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Persistence.Messaging.Hosting;
using Clones.Persistence.Payments;
using Clones.Persistence.Pools;
using Clones.Persistence.Wallets;
using Clones.Persistence.Webhooks;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Workers.Tests.Hosting;
using Clones.Workers.Tests.Keys;
using Clones.Workers.Webhooks;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Clones.Workers.Tests.Webhooks;

/// <summary>From the broker to an owner's server, with everything real.</summary>
public sealed class WebhookEventsTests : IAsyncLifetime
{
    private readonly WebhookWorld world = new();
    private readonly RabbitMqFixture rabbit = new();
    private TestVirtualHost broker = null!;
    private IHost host = null!;

    public async ValueTask InitializeAsync()
    {
        await world.InitializeAsync();
        broker = await rabbit.CreateVirtualHostAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:Clones"] = world.Database,
                ["RABBITMQ_URL"] = broker.Amqp.ToString(),
                [WebhookSettings.SecretName] = WebhookWorld.Secret,
                [WebhookSettings.LoopbackName] = "true",
                ["Webhooks:PassEvery"] = "00:00:00.100",
            }
        );
        builder.Services.AddSingleton(WebhookWorld.NodeOf(SolanaCluster.DevnetGenesisHash));
        builder
            .Services.AddMetrics()
            .AddClonesStore(builder.Configuration)
            .AddWebhooks(builder.Configuration)
            .AddClonesBus(builder.Configuration, bus => bus.AddWebhooks());
        host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(60));
    }

    public async ValueTask DisposeAsync()
    {
        await host.EndAsync();
        await rabbit.DisposeAsync();
        await world.DisposeAsync();
    }

    [Fact]
    public async Task Every_event_reaches_the_webhooks_of_its_owner_once_signed_and_as_it_is_on_the_broker()
    {
        var mine = await MakeAsync();
        var other = await MakeAsync();
        var all = await world.RegisterAsync(world.Receiver.Path(204), owner: mine.Owner);
        var failures = await world.RegisterAsync(
            world.Receiver.Path(204),
            e => e.EventTypes = [WebhookEventType.PaymentFailed],
            mine.Owner
        );
        var off = await world.RegisterAsync(world.Receiver.Path(204), e => e.IsEnabled = false, mine.Owner);
        var others = await world.RegisterAsync(world.Receiver.Path(204), owner: other.Owner);
        var payment = $$"""
            "paymentId":"{{mine.PaymentId}}","trainingPoolId":"{{mine.PoolId}}","kind":"REWARD","recipient":"r","amount":"18446744073709551615",
            "reference":"für \"dich\"","occurredAt":"2026-11-25T12:00:00.123456+00:00"
            """;
        (string Exchange, string Type, string Body)[] events =
        [
            ("payment-confirmed", "payment.confirmed", $$"""{{{payment}},"signature":"s","slot":7}"""),
            ("payment-completed", "payment.completed", $$"""{{{payment}},"signature":"s","slot":18446744073709551615}"""),
            ("payment-failed", "payment.failed", $$"""{{{payment}},"reason":"It failed."}"""),
            (
                "pool-funds-changed",
                "pool.funds_changed",
                $$"""{"trainingPoolId":"{{mine.PoolId}}","status":"LIVE","lamports":"1","tokenAmount":"2","slot":3,"occurredAt":"2026-11-25T12:00:00+00:00"}"""
            ),
            (
                "agent-status-changed",
                "agent.status_changed",
                $$"""{"agentId":"{{mine.AgentId}}","sequence":1,"to":"DRAFT","event":"REGISTER","actor":"a","occurredAt":"2026-11-25T12:00:00+00:00"}"""
            ),
            (
                "deposit-key-migrated",
                "deposit_key.migrated",
                $$"""{"walletId":"{{mine.WalletId}}","fromKey":"v1","toKey":"v2","occurredAt":"2026-11-25T12:00:00+00:00"}"""
            ),
        ];
        var ids = events.Select(_ => Guid.NewGuid()).ToArray();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            for (var i = 0; i < events.Length; i++)
            {
                await PublishAsync(events[i].Exchange, events[i].Body, ids[i]);
            }
        }
        await UntilAsync(() => Task.FromResult(world.Receiver.At(all.Url).Count >= 6), "six requests");
        // What comes after the doubles have been handled shows that there was nothing more of them.
        var last = Guid.NewGuid();
        await PublishAsync("payment-failed", events[2].Body, last);
        await UntilAsync(() => Task.FromResult(world.Receiver.At(failures.Url).Count >= 2), "the last event");
        await UntilAsync(() => Task.FromResult(world.Receiver.At(all.Url).Count >= 7), "the last event");

        var got = world.Receiver.At(all.Url);
        got.Select(r => r.Id).Order().ShouldBe(ids.Append(last).Select(id => $"msg_{id:N}").Order());
        got.ShouldAllBe(r => r.IsSignedWith(WebhookWorld.Secrets.Show(all.Id, 1)));
        for (var i = 0; i < events.Length; i++)
        {
            var body = JsonNode.Parse(got.Single(r => r.Id == $"msg_{ids[i]:N}").Text)!;
            body["type"]!.GetValue<string>().ShouldBe(events[i].Type);
            body["timestamp"]!.GetValue<string>().ShouldStartWith("2026-11-25T12:00:00");
            JsonNode.DeepEquals(body["data"], JsonNode.Parse(events[i].Body)).ShouldBeTrue($"{body["data"]} {events[i].Body}");
        }
        world.Receiver.At(failures.Url).Select(r => r.Id).Order().ShouldBe(new[] { $"msg_{ids[2]:N}", $"msg_{last:N}" }.Order());
        world.Receiver.At(off.Url).ShouldBeEmpty();
        world.Receiver.At(others.Url).ShouldBeEmpty();
        await using var db = world.Open();
        (await db.WebhookDeliveries.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(9);
    }

    [Fact]
    public async Task An_event_about_nothing_that_there_is_ends_in_the_error_queue_with_the_reason()
    {
        var mine = await MakeAsync();
        var other = await MakeAsync();
        var nobody = Guid.NewGuid();
        string Failed(Guid payment, Guid pool) =>
            $$"""{"paymentId":"{{payment}}","trainingPoolId":"{{pool}}","kind":"REWARD","recipient":"r","amount":"1","reason":"x","occurredAt":"2026-11-25T12:00:00+00:00"}""";

        await PublishAsync("payment-failed", Failed(nobody, mine.PoolId), Guid.NewGuid());
        await PublishAsync("payment-failed", Failed(mine.PaymentId, other.PoolId), Guid.NewGuid());
        await PublishAsync("payment-failed", Failed(mine.PaymentId, mine.PoolId), null);
        await PublishAsync("payment-failed", "no JSON", Guid.NewGuid());

        await UntilAsync(async () => (await ReasonsAsync()).Count == 4, "four messages in the error queue");
        var reasons = await ReasonsAsync();
        reasons.ShouldContain(r => r.Contains($"there is no payment {nobody}", StringComparison.Ordinal));
        reasons.ShouldContain(r => r.Contains($"of training pool {other.PoolId}", StringComparison.Ordinal));
        reasons.ShouldContain(r => r.Contains("has no id", StringComparison.Ordinal));
    }

    private async Task<Mine> MakeAsync()
    {
        var now = DateTimeOffset.UnixEpoch;
        var owner = TestKeys.FreshAddress();
        var (poolId, walletId, agentId, paymentId) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await using var db = world.Open();
        db.TrainingPools.Add(
            new TrainingPool
            {
                Id = poolId,
                OwnerAddress = owner,
                Name = "Demos",
                Skills = [],
                TokenSymbol = "SOL",
                PricePerDemo = 1,
                Status = TrainingPoolStatus.Live,
                CreatedAt = now,
                UpdatedAt = now,
            }
        );
        db.DepositWallets.Add(
            new DepositWallet
            {
                Id = walletId,
                TrainingPoolId = poolId,
                Address = TestKeys.FreshAddress(),
                Key = new DepositWalletKey { EncryptedPrivateKey = "ciphertext of the tests" },
                CreatedAt = now,
            }
        );
        db.Agents.Add(
            new Agent
            {
                Id = agentId,
                TrainingPoolId = poolId,
                OwnerAddress = owner,
                Name = "Agent",
                Ticker = "AGENT",
                Description = "An agent of the tests",
                Supply = 1_000,
                Decimals = 0,
                MinimumLiquidityLamports = 1,
                GatedPercentage = 0,
                CreatedAt = now,
                UpdatedAt = now,
            }
        );
        db.Payments.Add(
            new Payment
            {
                Id = paymentId,
                Kind = PaymentKind.Reward,
                TrainingPoolId = poolId,
                WalletId = walletId,
                Recipient = TestKeys.FreshAddress(),
                Amount = 1,
                Status = PaymentStatus.Accepted,
                Caller = "tests",
                IdempotencyKey = $"{paymentId}",
                RequestHash = [],
                CreatedAt = now,
            }
        );
        await db.SaveChangesAsync();
        return new Mine(owner, poolId, walletId, agentId, paymentId);
    }

    private async Task PublishAsync(string exchange, string body, Guid? id)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { ContentType = "application/json", Persistent = true };
        if (id is { } given)
        {
            properties.MessageId = given.ToString();
        }
        await channel.BasicPublishAsync(exchange, "", true, properties, Encoding.UTF8.GetBytes(body));
    }

    private async Task<List<string>> ReasonsAsync()
    {
        var management = await rabbit.ManagementAsync();
        using var answer = await management.PostAsJsonAsync(
            $"queues/{broker.Name}/webhook-events_error/get",
            new
            {
                count = 50,
                ackmode = "ack_requeue_true",
                encoding = "auto",
            }
        );
        if (!answer.IsSuccessStatusCode)
        {
            return [];
        }
        var messages = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return
        [
            .. messages
                .EnumerateArray()
                .Select(m => m.GetProperty("properties").GetProperty("headers").GetProperty("MT-Fault-Message").GetString() ?? ""),
        ];
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            await Task.Delay(100, CancellationToken.None);
            patience.IsCancellationRequested.ShouldBeFalse($"waited for {what}");
        }
    }

    private sealed record Mine(string Owner, Guid PoolId, Guid WalletId, Guid AgentId, Guid PaymentId);
}
