using System.Text.Json.Nodes;
using Clones.Contracts.Agents;
using Clones.Contracts.Keys;
using Clones.Contracts.Pools;
using Clones.Domain.Agents;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Clones.Webhooks.Tests;

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
        var funds = await world.RegisterAsync(
            world.Receiver.Path(204),
            e => e.EventTypes = [WebhookEventType.PoolFundsChanged],
            mine.Owner
        );
        var off = await world.RegisterAsync(world.Receiver.Path(204), e => e.IsEnabled = false, mine.Owner);
        var others = await world.RegisterAsync(world.Receiver.Path(204), owner: other.Owner);
        var at = new DateTimeOffset(2026, 11, 25, 12, 0, 0, 123, TimeSpan.Zero);
        (string Type, object Message)[] events =
        [
            ("pool.funds_changed", FundsOf(mine.PoolId, at)),
            ("agent.status_changed", ChangeOf(mine.AgentId, at)),
            (
                "wallet.key_migrated",
                new DepositKeyMigrated
                {
                    WalletId = mine.WalletId,
                    FromKey = "v1",
                    ToKey = "v2",
                    OccurredAt = at,
                }
            ),
        ];
        await using var connection = await new ConnectionFactory { Uri = broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync("tap", durable: false, exclusive: false, autoDelete: false);
        foreach (var (_, message) in events)
        {
            await channel.QueueBindAsync("tap", KebabCaseEndpointNameFormatter.Instance.SanitizeName(message.GetType().Name), "");
        }
        var ids = events.Select(_ => Guid.NewGuid()).ToArray();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            for (var i = 0; i < events.Length; i++)
            {
                await PublishAsync(events[i].Message, ids[i]);
            }
        }
        await UntilAsync(() => Task.FromResult(world.Receiver.At(all.Url).Count >= 3), "three requests");
        // What comes after the doubles have been handled shows that there was nothing more of them.
        var last = Guid.NewGuid();
        await PublishAsync(events[0].Message, last);
        await UntilAsync(() => Task.FromResult(world.Receiver.At(funds.Url).Count >= 2), "the last event");
        await UntilAsync(() => Task.FromResult(world.Receiver.At(all.Url).Count >= 4), "the last event");

        var got = world.Receiver.At(all.Url);
        got.Select(r => r.Id).Order().ShouldBe(ids.Append(last).Select(id => $"msg_{id:N}").Order());
        got.ShouldAllBe(r => r.IsSignedWith(WebhookWorld.Secrets.Show(all.Id, 1)));
        var onBroker = new Dictionary<string, JsonNode?>();
        while (await channel.BasicGetAsync("tap", autoAck: true) is { } tapped)
        {
            onBroker[tapped.BasicProperties.MessageId!] = JsonNode.Parse(tapped.Body.Span);
        }
        for (var i = 0; i < events.Length; i++)
        {
            var body = JsonNode.Parse(got.Single(r => r.Id == $"msg_{ids[i]:N}").Text)!;
            body["type"]!.GetValue<string>().ShouldBe(events[i].Type);
            body["timestamp"]!.GetValue<string>().ShouldStartWith("2026-11-25T12:00:00");
            var published = onBroker[$"{ids[i]}"];
            JsonNode.DeepEquals(body["data"], published).ShouldBeTrue($"{body["data"]} {published}");
        }
        world.Receiver.At(funds.Url).Select(r => r.Id).Order().ShouldBe(new[] { $"msg_{ids[0]:N}", $"msg_{last:N}" }.Order());
        world.Receiver.At(off.Url).ShouldBeEmpty();
        world.Receiver.At(others.Url).ShouldBeEmpty();
        await using var db = world.Open();
        (await db.WebhookDeliveries.CountAsync(TestContext.Current.CancellationToken)).ShouldBe(6);
    }

    [Fact]
    public async Task An_event_about_nothing_that_there_is_ends_in_the_error_queue_with_the_reason()
    {
        var (noAgent, noPool) = (Guid.NewGuid(), Guid.NewGuid());
        var at = DateTimeOffset.UnixEpoch;

        await PublishAsync(ChangeOf(noAgent, at), Guid.NewGuid());
        await PublishAsync(FundsOf(noPool, at), Guid.NewGuid());
        await broker.PublishAsync("pool-funds-changed", """{"trainingPoolId":7}""");
        await broker.PublishAsync("pool-funds-changed", "no JSON");

        await UntilAsync(async () => (await broker.FaultsAsync("webhook-events")).Count == 4, "four messages in the error queue");
        var reasons = await broker.FaultsAsync("webhook-events");
        reasons.ShouldContain(r => r.Contains($"there is no agent {noAgent}", StringComparison.Ordinal));
        reasons.ShouldContain(r => r.Contains($"there is no training pool {noPool}", StringComparison.Ordinal));
        reasons.ShouldAllBe(r => r.Length > 0);
    }

    private async Task<Mine> MakeAsync()
    {
        var now = DateTimeOffset.UnixEpoch;
        var owner = TestKeys.FreshAddress();
        var (poolId, walletId, agentId) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
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
        await db.SaveChangesAsync();
        return new Mine(owner, poolId, walletId, agentId);
    }

    private static PoolFundsChanged FundsOf(Guid poolId, DateTimeOffset at) =>
        new()
        {
            TrainingPoolId = poolId,
            Status = "LIVE",
            Lamports = "18446744073709551615",
            TokenAmountBaseUnits = "2",
            Slot = ulong.MaxValue,
            OccurredAt = at,
        };

    private static AgentStatusChanged ChangeOf(Guid agentId, DateTimeOffset at) =>
        new()
        {
            AgentId = agentId,
            Sequence = 1,
            To = "DRAFT",
            Event = "REGISTER",
            Actor = "für \"dich\"",
            OccurredAt = at,
        };

    private Task PublishAsync(object message, Guid id) =>
        host
            .Services.GetRequiredService<IBus>()
            .Publish(message, Pipe.Execute<PublishContext>(context => context.MessageId = id), TestContext.Current.CancellationToken)
            .OrGiveUpAsync("the broker to take a message", TestContext.Current.CancellationToken);

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

    private sealed record Mine(string Owner, Guid PoolId, Guid WalletId, Guid AgentId);
}
