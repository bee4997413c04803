using System.Collections.Concurrent;
using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Hosting.Bus;
using Clones.Messaging;
using Clones.Messaging.Outbox;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Testing;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Lifecycle.Tests;

/// <summary>
/// The lifecycle as the workers run it, over a real PostgreSQL with the real repository, inbox and outbox. The transport is in memory.
/// </summary>
internal sealed class LifecycleHost : IReceiveObserver, IConsumeObserver, IAsyncDisposable
{
    private static readonly TimeSpan Patience = PatientWait.Patience;

    private readonly PostgresFixture postgres = new();
    private readonly ConcurrentBag<(Type Message, Guid AgentId)> seen = [];
    private IHost? host;

    /// <summary>Everything that the lifecycle told the world, in order of arrival.</summary>
    public ConcurrentQueue<object> Published { get; } = [];

    /// <summary>What the chain holds.</summary>
    public LandedByScript Landed { get; } = new();

    /// <summary>Messages that would have gone to the error queue.</summary>
    public ConcurrentQueue<Exception> Faults { get; } = [];

    /// <param name="broker">RabbitMQ, met as the workers meet it; null for a transport in memory.</param>
    public static async Task<LifecycleHost> StartAsync(Uri? broker = null)
    {
        var lifecycle = new LifecycleHost();
        var database = await MigratedDatabase.CreateAsync(lifecycle.postgres);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("RABBITMQ_URL", broker?.ToString())]);
        builder.Services.AddSingleton(lifecycle);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDbContext<ClonesDbContext>(options => options.UseClonesPostgres(database));
        builder.Services.AddSingleton(new CannedNode().Endpoints);
        builder.Services.AddSingleton<IUnrecordedTokens>(lifecycle.Landed);
        builder.Services.AddAgentLifecycle();
        if (broker is not null)
        {
            builder.Services.AddClonesBus(builder.Configuration, Register);
        }
        else
        {
            builder.Services.AddMassTransit(InMemory);
        }

        lifecycle.host = builder.Build();
        // As the workers have made it before the first wallet: open.
        await lifecycle.QueryAsync(db => db.ReadFenceAsync(CancellationToken.None));
        var bus = lifecycle.host.Services.GetRequiredService<IBusControl>();
        bus.ConnectReceiveObserver(lifecycle);
        bus.ConnectConsumeObserver(lifecycle);
        await lifecycle.host.StartAsync();
        await bus.WaitForHealthStatus(BusHealthStatus.Healthy, Patience);
        return lifecycle;
    }

    public async Task<T> QueryAsync<T>(Func<ClonesDbContext, Task<T>> query)
    {
        await using var scope = host!.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }

    public Task SaveAsync(params IEnumerable<object> rows) =>
        QueryAsync(db =>
        {
            db.AddRange(rows);
            return db.SaveChangesAsync();
        });

    public Task PublishAsync(IAgentCommand command) =>
        host!.Services.GetRequiredService<IBus>().Publish(command, command.GetType(), TestContext.Current.CancellationToken);

    /// <summary>Writes what the workers write before they tell a success; nothing for the other events.</summary>
    public async Task StandBehindAsync(AgentRows agent, IAgentCommand command)
    {
        var told = command switch
        {
            TokenCreationSucceeded t => (t.TransactionId, new DeploymentMade(t.Mint, t.Signature, t.Slot, t.BlockTime)),
            PoolCreationSucceeded p => (p.TransactionId, new DeploymentMade(p.PoolAddress, p.Signature, p.Slot, p.BlockTime)),
            _ => ((Guid, DeploymentMade)?)null,
        };
        if (told is not var (id, made))
        {
            return;
        }

        var json = made.ToJson();
        var known = await QueryAsync(db =>
            db.Transactions.Where(t => t.Id == id).ExecuteUpdateAsync(set => set.SetProperty(t => t.Made, json))
        );
        if (known == 0)
        {
            await SaveAsync(
                agent.NewlyBehind(
                    command is TokenCreationSucceeded ? AgentEvent.TokenCreationSuccess : AgentEvent.PoolCreationSuccess,
                    id,
                    made
                )
            );
        }
    }

    /// <summary>Waits until the operation is answered.</summary>
    public async Task<Operation> AnswerOfAsync(Guid operationId)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            var operation = await QueryAsync(db => db.Operations.AsNoTracking().SingleAsync(o => o.Id == operationId));
            if (operation.Status != OperationStatus.Pending)
            {
                return operation;
            }

            timeout.Token.IsCancellationRequested.ShouldBeFalse(
                $"{operation.Kind} was not answered. {string.Join("\n", Faults.Select(f => f.ToString()))}"
            );
            await Task.Delay(20);
        }
    }

    /// <summary>Publishes an event with an operation of its own and waits for the answer.</summary>
    public async Task<Operation> AskAsync(IAgentCommand command)
    {
        await PublishAsync(command);
        return await AnswerOfAsync(command.OperationId!.Value);
    }

    /// <summary>Waits until the lifecycle has got the message, whatever becomes of it.</summary>
    public async Task SeenAsync<T>(Guid agentId)
        where T : class, IAgentCommand
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!seen.Contains((typeof(T), agentId)))
        {
            await Task.Delay(5, timeout.Token);
        }
    }

    /// <summary>Waits until some statement in this database waits for the lock of another.</summary>
    public async Task SomebodyWaitsForALockAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (
            await QueryAsync(db =>
                db.Database.SqlQuery<int>(
                        $"SELECT count(*)::int AS \"Value\" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
                    )
                    .SingleAsync(timeout.Token)
            ) == 0
        )
        {
            await Task.Delay(20, timeout.Token);
        }
    }

    /// <summary>Everything committed is delivered and handled; nothing moves afterwards.</summary>
    public async Task DrainAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (await QueryAsync(db => db.Set<OutboxMessage>().AnyAsync(timeout.Token)))
        {
            await Task.Delay(20, timeout.Token);
        }

        // The queue in memory forgets what nobody has taken from it when the bus stops; this message is the last in it.
        var last = Guid.CreateVersion7();
        await host!.Services.GetRequiredService<IBus>().Publish(new PreparePoolCreation { AgentId = last }, timeout.Token);
        while (!Published.OfType<PreparePoolCreation>().Any(m => m.AgentId == last))
        {
            await Task.Delay(5, timeout.Token);
        }

        await host.StopAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (host is not null)
        {
            await host.EndAsync();
        }
        await postgres.DisposeAsync();
    }

    Task IReceiveObserver.PreReceive(ReceiveContext context) => Task.CompletedTask;

    Task IReceiveObserver.PostReceive(ReceiveContext context) => Task.CompletedTask;

    Task IReceiveObserver.PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) => Task.CompletedTask;

    Task IReceiveObserver.ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
    {
        Faults.Enqueue(exception);
        return Task.CompletedTask;
    }

    Task IReceiveObserver.ReceiveFault(ReceiveContext context, Exception exception)
    {
        Faults.Enqueue(exception);
        return Task.CompletedTask;
    }

    Task IConsumeObserver.PreConsume<T>(ConsumeContext<T> context)
    {
        if (context.Message is IAgentCommand command)
        {
            seen.Add((typeof(T), command.AgentId));
        }

        return Task.CompletedTask;
    }

    Task IConsumeObserver.PostConsume<T>(ConsumeContext<T> context) => Task.CompletedTask;

    Task IConsumeObserver.ConsumeFault<T>(ConsumeContext<T> context, Exception exception) => Task.CompletedTask;

    private static void Register(IBusRegistrationConfigurator bus)
    {
        bus.AddAgentLifecycle();
        bus.AddConsumer<Listener>();
    }

    private static void InMemory(IBusRegistrationConfigurator bus)
    {
        bus.DisableUsageTelemetry();
        bus.AddEntityFrameworkOutbox<ClonesDbContext>(outbox => outbox.UsePostgres());
        bus.AddConfigureEndpointsCallback(
            (context, _, endpoint) =>
            {
                endpoint.UseRetryPolicy();
                endpoint.UseEntityFrameworkOutbox<ClonesDbContext>(context);
            }
        );
        Register(bus);
        bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
    }

    private sealed class Listener(LifecycleHost lifecycle)
        : IConsumer<AgentStatusChanged>,
            IConsumer<PrepareTokenCreation>,
            IConsumer<PreparePoolCreation>
    {
        public Task Consume(ConsumeContext<AgentStatusChanged> context) => Record(context.Message);

        public Task Consume(ConsumeContext<PrepareTokenCreation> context) => Record(context.Message);

        public Task Consume(ConsumeContext<PreparePoolCreation> context) => Record(context.Message);

        private Task Record(object message)
        {
            lifecycle.Published.Enqueue(message);
            return Task.CompletedTask;
        }
    }

    /// <summary>Stands in for the chain, of which the lifecycle asks one thing.</summary>
    internal sealed class LandedByScript : IUnrecordedTokens
    {
        public ConcurrentDictionary<Guid, DeploymentMade> Tokens { get; } = [];

        public Task<DeploymentMade?> AdoptAsync(Guid agentId, CancellationToken cancellationToken) =>
            Task.FromResult(Tokens.GetValueOrDefault(agentId));
    }
}
