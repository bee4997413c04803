using Clones.Contracts.Submissions;
using Clones.Domain;
using Clones.Messaging;
using Clones.Messaging.Bus;
using Clones.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clones.Hosting.Bus;

/// <summary>How both hosts meet RabbitMQ. Topology and serialization live here and nowhere else.</summary>
public static class ClonesBus
{
    /// <summary>Messages that one queue of this process handles at once, unless its consumer says otherwise.</summary>
    public const int ConcurrencyPerQueue = 16;

    /// <summary>Plain bodies: type and ids travel as headers, and a message without any header is taken for what its queue expects.</summary>
    private const RawSerializerOptions PlainJson = RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders;

    /// <param name="services">Gets the bus and its hosted service.</param>
    /// <param name="configuration">Where the broker is.</param>
    /// <param name="register">Adds consumers and sagas.</param>
    public static IServiceCollection AddClonesBus(
        this IServiceCollection services,
        IConfiguration configuration,
        Action<IBusRegistrationConfigurator>? register = null
    )
    {
        services
            .AddSettings<BrokerOptions>(configuration)
            .AddOptions<MassTransitHostOptions>()
            .Configure(options =>
            {
                // Health says whether the broker is there; a process that waits for it is better than one that dies of it.
                options.WaitUntilStarted = false;
                options.StopTimeout = TimeSpan.FromSeconds(30);
                options.ConsumerStopTimeout = TimeSpan.FromSeconds(20);
            });
        return services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.SetKebabCaseEndpointNameFormatter();
            bus.AddConfigureEndpointsCallback(ConfigureEndpoint);
            bus.AddEntityFrameworkOutbox<ClonesDbContext>(outbox =>
            {
                outbox.UsePostgres();
                outbox.UseBusOutbox();
            });
            register?.Invoke(bus);
            bus.UsingRabbitMq((context, rabbit) => ConfigureBroker(context, rabbit));
        });
    }

    /// <summary>
    /// A consumer that is harmless when it handles a message twice, and that opens its own database transactions: none is held open around it while
    /// it asks the chain.
    /// </summary>
    public static void AddConsumerWithoutInbox<T>(this IBusRegistrationConfigurator bus)
        where T : class, IConsumer
    {
        bus.AddConsumer<T>();
        bus.AddSingleton(new WithoutInbox(KebabCaseEndpointNameFormatter.Instance.Consumer<T>()));
    }

    private static void ConfigureBroker(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        rabbit.Host(context.GetRequiredService<BrokerOptions>().Address);
        rabbit.MessageTopology.SetEntityNameFormatter(new ExchangeNames());
        foreach (var type in typeof(SubmissionGraded).Assembly.GetTypes().Where(IsContract))
        {
            // A base type is a way of writing records, not something to subscribe to.
            rabbit.Publish(type, topology => topology.Exclude = !type.IsSealed);
        }

        // Other services bind to our exchanges before the first message is there.
        rabbit.DeployPublishTopology = true;
        rabbit.UseRawJsonSerializer(PlainJson, isDefault: true);
        rabbit.ConfigureJsonSerializerOptions(json =>
        {
            // Line breaks and blanks would be a third of every message in the outbox and on the wire.
            json.WriteIndented = false;
            // A field that the contract does not call optional is rejected by name when it is null, before any consumer sees it.
            json.RespectNullableAnnotations = true;
            return json;
        });
        rabbit.ConfigureEndpoints(context);
    }

    // Static classes hold the names of events and statuses; they are abstract and sealed at once.
    private static bool IsContract(Type type) => type.IsVisible && !(type.IsAbstract && type.IsSealed);

    private static void ConfigureEndpoint(IRegistrationContext context, string name, IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator queue)
        {
            queue.SetQuorumQueue();
        }

        endpoint.PublishFaults = false;
        endpoint.PrefetchCount = 2 * ConcurrencyPerQueue;
        endpoint.ConcurrentMessageLimit = ConcurrencyPerQueue;

        endpoint.ConfigureErrorQueue(context);

        // Outside the outbox, so that every try has a scope, a context and a database transaction of its own.
        endpoint.UseRetryPolicy(e => e is ITransientFailure);
        if (!context.GetServices<WithoutInbox>().Any(without => without.Queue == name))
        {
            endpoint.UseEntityFrameworkOutbox<ClonesDbContext>(context);
        }
    }

    private sealed record WithoutInbox(string Queue);
}
