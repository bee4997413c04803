using System.Net;
using Clones.Domain;
using Clones.Domain.Webhooks;
using Clones.Hosting;
using Clones.Persistence;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Webhooks.Tests;

/// <summary>A database, an owner's server, a clock that a test moves, and senders that take a step when they are told to.</summary>
internal sealed class WebhookWorld : IAsyncLifetime
{
    internal const string Secret = "webhook-secret-of-the-tests-0123456789abcdef";

    private readonly PostgresFixture postgres = new();
    private readonly List<ServiceProvider> workers = [];

    internal FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
    internal CapturedLog Log { get; } = new();
    internal WebhookReceiver Receiver { get; private set; } = null!;
    internal string Database { get; private set; } = null!;
    internal IServiceProvider Worker => workers[0];
    internal static WebhookSecrets Secrets { get; } = new(System.Text.Encoding.UTF8.GetBytes(Secret));

    public async ValueTask InitializeAsync()
    {
        Database = await MigratedDatabase.CreateAsync(postgres);
        Receiver = await WebhookReceiver.StartAsync();
        NewWorker();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers)
        {
            await worker.DisposeAsync();
        }
        await Receiver.DisposeAsync();
        await postgres.DisposeAsync();
    }

    internal static RpcEndpoints NodeOf(string genesis) => new CannedNode().Answer("getGenesisHash", _ => $"\"{genesis}\"").Endpoints;

    internal IServiceProvider NewWorker(bool loopback = true, WebhookResolver? resolver = null, RpcEndpoints? node = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:Clones"] = Database,
                    [WebhookSettings.SecretName] = Secret,
                    [WebhookSettings.LoopbackName] = loopback ? "true" : "false",
                }
            )
            .Build();
        var services = new ServiceCollection();
        services.AddLogging(log => log.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
        services.AddMetrics();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(node ?? NodeOf(SolanaCluster.DevnetGenesisHash));
        services.AddClonesStore(configuration).AddWebhooks(configuration);
        services.AddSingleton<Jitter>(() => 0.5);
        if (resolver is not null)
        {
            services.AddSingleton(resolver);
        }
        var worker = services.BuildServiceProvider();
        workers.Add(worker);
        return worker;
    }

    internal static T Hosted<T>(IServiceProvider worker)
        where T : IHostedService => worker.GetServices<IHostedService>().OfType<T>().Single();

    internal Task<int> PassAsync(IServiceProvider? worker = null) =>
        Hosted<WebhookSender>(worker ?? Worker)
            .SendDueAsync(TestContext.Current.CancellationToken)
            .OrGiveUpAsync("a pass over the webhooks", TestContext.Current.CancellationToken);

    /// <summary>Moves the clock on until the task has ended, as fast as it goes.</summary>
    internal async Task AdvanceUntilAsync(Task task, TimeSpan step)
    {
        for (var i = 0; i < 1_000 && !task.IsCompleted; i++)
        {
            Time.Advance(step);
            await Task.WhenAny(task, Task.Delay(20, TestContext.Current.CancellationToken));
        }
        await task.OrGiveUpAsync("what takes its time", TestContext.Current.CancellationToken);
    }

    internal ClonesDbContext Open() => ClonesDbContextOptions.Open(Database);

    internal async Task<WebhookEndpoint> RegisterAsync(string url, Action<WebhookEndpoint>? change = null, string owner = "an owner")
    {
        var endpoint = new WebhookEndpoint
        {
            Id = Guid.CreateVersion7(),
            OwnerAddress = owner,
            Url = url,
            EventTypes = [],
            IsEnabled = true,
            SecretGeneration = 1,
            CreatedAt = Time.GetUtcNow(),
            UpdatedAt = Time.GetUtcNow(),
            Version = 1,
        };
        change?.Invoke(endpoint);
        await using var db = Open();
        db.WebhookEndpoints.Add(endpoint);
        await db.SaveChangesAsync();
        return endpoint;
    }

    internal async Task<WebhookDelivery> AddAsync(WebhookEndpoint endpoint, Action<WebhookDelivery>? change = null)
    {
        var now = Time.GetUtcNow();
        var delivery = new WebhookDelivery
        {
            Id = Guid.CreateVersion7(),
            EndpointId = endpoint.Id,
            EventId = Guid.NewGuid(),
            EventType = WebhookEventType.PaymentCompleted,
            Body = """{"type":"payment.completed","timestamp":"2026-11-25T12:00:00+00:00","data":{"reference":"für \"dich\""}}""",
            Status = WebhookDeliveryStatus.Pending,
            NextAttemptAt = now,
            GiveUpAt = now + WebhookDelivery.TriedFor,
            CreatedAt = now,
        };
        change?.Invoke(delivery);
        await using var db = Open();
        db.WebhookDeliveries.Add(delivery);
        await db.SaveChangesAsync();
        return delivery;
    }

    internal async Task<WebhookDelivery> ReadAsync(WebhookDelivery delivery)
    {
        await using var db = Open();
        return await db.WebhookDeliveries.AsNoTracking().SingleAsync(d => d.Id == delivery.Id);
    }

    internal async Task<List<WebhookAttempt>> AttemptsAsync(WebhookDelivery delivery)
    {
        await using var db = Open();
        return await db.WebhookAttempts.AsNoTracking().Where(a => a.DeliveryId == delivery.Id).OrderBy(a => a.Number).ToListAsync();
    }

    internal async Task<WebhookEndpoint> ReadAsync(WebhookEndpoint endpoint)
    {
        await using var db = Open();
        return await db.WebhookEndpoints.AsNoTracking().SingleAsync(e => e.Id == endpoint.Id);
    }

    internal static WebhookResolver Resolve(params string[] addresses) =>
        (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());
}
