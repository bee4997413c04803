using System.Collections.Concurrent;
using Clones.Messaging.Sagas;
using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Clones.Messaging.Tests;

/// <summary>What a test host may differ in.</summary>
public sealed record MessagingHostOptions
{
    public Action<IEntityFrameworkOutboxConfigurator> Outbox { get; init; } = _ => { };
    public Action<IBusRegistrationConfigurator> Bus { get; init; } = _ => { };
    public Action<IReceiveEndpointConfigurator> Endpoint { get; init; } = endpoint => endpoint.UseRetryPolicy(attempts: 1);
    public bool Consumers { get; init; } = true;
    public TimeProvider Time { get; init; } = TimeProvider.System;
    public string? ConnectionString { get; init; }
}

/// <summary>One process of the system: bus on a real broker, store on a real database.</summary>
public sealed class MessagingHost : IAsyncDisposable
{
    private readonly IHost _host;

    private MessagingHost(IHost host, MessageLog log, TestVirtualHost broker)
    {
        _host = host;
        Log = log;
        Broker = broker;
    }

    public IServiceProvider Services => _host.Services;
    public IBus Bus => _host.Services.GetRequiredService<IBus>();
    public MessageLog Log { get; }
    public TestVirtualHost Broker { get; }

    public static async Task<string> CreateStoreAsync(PostgresFixture postgres)
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        await using var db = new StoreDbContext(new DbContextOptionsBuilder<StoreDbContext>().UseNpgsql(connectionString).Options);
        await db.Database.EnsureCreatedAsync();
        return new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 50 }.ConnectionString;
    }

    public static async Task<MessagingHost> StartAsync(
        string connectionString,
        TestVirtualHost broker,
        MessagingHostOptions? options = null
    )
    {
        options ??= new MessagingHostOptions();
        var log = new MessageLog();
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        // An instance, which the container does not dispose: MassTransit keeps the first one it sees for the whole process.
        builder.Services.AddSingleton<ILoggerFactory>(new LoggerFactory([log]));
        builder.Services.AddSingleton(options.Time);
        builder.Services.AddSingleton(log);
        builder.Services.Configure<MassTransitHostOptions>(o => o.WaitUntilStarted = true);
        builder.Services.AddDbContextPool<StoreDbContext>(o => o.UseNpgsql(options.ConnectionString ?? connectionString));
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddEntityFrameworkOutbox<StoreDbContext>(o =>
            {
                o.UsePostgres();
                o.UseBusOutbox();
                o.QueryDelay = TimeSpan.FromMilliseconds(200);
                options.Outbox(o);
            });
            bus.AddConfigureEndpointsCallback(
                (context, _, endpoint) =>
                {
                    if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
                    {
                        queue.SetQuorumQueue();
                    }

                    endpoint.PublishFaults = false;
                    options.Endpoint(endpoint);
                    endpoint.UseEntityFrameworkOutbox<StoreDbContext>(context);
                }
            );
            if (options.Consumers)
            {
                bus.AddConsumer<NoteConsumer>();
                bus.AddSagaStateMachine<CounterStateMachine, CounterInstance>()
                    .EntityFrameworkRepository(r =>
                    {
                        r.ExistingDbContext<StoreDbContext>();
                        r.UsePostgres();
                    });
            }
            options.Bus(bus);
            bus.UsingRabbitMq(
                (context, rabbit) =>
                {
                    rabbit.Host(broker.Amqp);
                    rabbit.ConfigureEndpoints(context);
                    // What other services would hear: every event, outside of inbox and outbox.
                    rabbit.ReceiveEndpoint(
                        $"ear-{Guid.NewGuid():n}",
                        ear =>
                        {
                            ear.AutoDelete = true;
                            ear.ConcurrentMessageLimit = 1;
                            ear.Handler<CounterChanged>(log.HearAsync);
                            ear.Handler<NoteStored>(log.HearAsync);
                        }
                    );
                }
            );
        });
        var host = builder.Build();
        await host.StartAsync();
        return new MessagingHost(host, log, broker);
    }

    public async Task<T> QueryAsync<T>(Func<StoreDbContext, Task<T>> query)
    {
        await using var scope = Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<StoreDbContext>());
    }

    public Task<int> CountNotesAsync(string text) => QueryAsync(db => db.Notes.CountAsync(x => x.Text == text));

    public async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 20)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await condition())
        {
            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Not within {seconds} s: {what}\n{string.Join('\n', Log.Lines.TakeLast(20))}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>What was heard on the bus and what was logged at warning and above.</summary>
public sealed class MessageLog : ILoggerProvider
{
    private readonly ConcurrentQueue<object> _heard = new();
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyCollection<string> Lines => _lines;

    public IReadOnlyList<T> Heard<T>() => [.. _heard.OfType<T>()];

    public Task HearAsync<T>(ConsumeContext<T> context)
        where T : class
    {
        _heard.Enqueue(context.Message);
        return Task.CompletedTask;
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(_lines, categoryName);

    public void Dispose() { }

    private sealed class LineLogger(ConcurrentQueue<string> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (IsEnabled(logLevel))
            {
                lines.Enqueue($"{logLevel} {category}: {formatter(state, exception)} {exception}");
            }
        }
    }
}
