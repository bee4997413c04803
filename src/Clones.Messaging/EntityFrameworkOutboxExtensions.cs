using Clones.Messaging.BusOutbox;
using Clones.Messaging.Inbox;
using Clones.Messaging.Outbox;
using Clones.Messaging.Sagas;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.DependencyInjection;
using MassTransit.Middleware;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Messaging;

/// <summary>Registration, named like MassTransit's own Entity Framework package.</summary>
public static class EntityFrameworkOutboxExtensions
{
    /// <summary>
    /// Adds inbox, outbox and their delivery over <typeparamref name="TDbContext"/>, whose model must hold
    /// <see cref="MessagingModelBuilderExtensions.AddTransactionalOutboxEntities"/>. Endpoints take part through
    /// <see cref="UseEntityFrameworkOutbox{TDbContext}"/>.
    /// </summary>
    public static void AddEntityFrameworkOutbox<TDbContext>(
        this IBusRegistrationConfigurator configurator,
        Action<IEntityFrameworkOutboxConfigurator>? configure = null
    )
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        var outbox = new EntityFrameworkOutboxConfigurator();
        configure?.Invoke(outbox);
        if (!outbox.Postgres)
        {
            throw new ConfigurationException("The outbox serves PostgreSQL only: call UsePostgres().");
        }

        outbox.Options.Validate();

        configurator.AddMessagingSession<TDbContext>(outbox.Options);
        configurator.TryAddScoped<EntityFrameworkOutboxContextFactory<TDbContext>>();
        configurator.TryAddScoped<IOutboxContextFactory<TDbContext>>(Factory);
        configurator.TryAddScoped<IOutboxContextFactory<SagaOutbox<TDbContext>>>(Factory);
        configurator.AddHostedService<OutboxDeliveryService<TDbContext>>();
        if (!outbox.BusOutbox)
        {
            return;
        }

        configurator.TryAddScoped<BusOutboxScope<TDbContext>>();
        configurator.Replace(ServiceDescriptor.Scoped<IScopedBusContextProvider<IBus>, BusOutboxContextProvider<TDbContext>>());

        static EntityFrameworkOutboxContextFactory<TDbContext> Factory(IServiceProvider provider) =>
            provider.GetRequiredService<EntityFrameworkOutboxContextFactory<TDbContext>>();
    }

    /// <summary>
    /// Puts every consumer, saga and activity of the endpoint behind inbox and outbox. Message retry must be configured before, so that it
    /// lies outside and each attempt gets a scope of its own: <see cref="RetryPolicy.UseRetryPolicy"/>.
    /// </summary>
    public static void UseEntityFrameworkOutbox<TDbContext>(
        this IReceiveEndpointConfigurator configurator,
        IRegistrationContext context,
        Action<IOutboxOptionsConfigurator>? configure = null
    )
        where TDbContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(configurator);
        var consumers = new OutboxConsumePipeSpecificationObserver<TDbContext>(configurator, context);
        var sagas = new OutboxConsumePipeSpecificationObserver<SagaOutbox<TDbContext>>(configurator, context);
        configure?.Invoke(consumers);
        configure?.Invoke(sagas);
        configurator.ConnectConsumerConfigurationObserver(consumers);
        configurator.ConnectActivityConfigurationObserver(consumers);
        configurator.ConnectSagaConfigurationObserver(sagas);
    }

    /// <summary>What the saga repository needs even where no outbox is registered.</summary>
    internal static void AddMessagingSession<TDbContext>(this IServiceCollection services, OutboxOptions? options = null)
        where TDbContext : DbContext
    {
        if (options is not null)
        {
            services.Replace(ServiceDescriptor.Singleton(new OutboxOptionsOf<TDbContext>(options)));
        }

        if (services.Any(x => x.ServiceType == typeof(MessagingSession<TDbContext>)))
        {
            return;
        }

        services.TryAddSingleton(new OutboxOptionsOf<TDbContext>(new OutboxOptions()));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OutboxSender<TDbContext>>();
        services.TryAddSingleton<OutboxSignal<TDbContext>>();
        services.TryAddSingleton<OutboxSettlement<TDbContext>>();
        services.TryAddSingleton<OutboxDispatcher<TDbContext>>();
        services.TryAddSingleton<OutboxSweeper<TDbContext>>();
        services.TryAddSingleton<InboxPurge<TDbContext>>();
        services.AddScoped<MessagingSession<TDbContext>>();
        services.ConfigureDbContext<TDbContext>(o =>
            o.AddInterceptors(StatementPrelude.Interceptor.Instance, BusOutboxInterceptor.Instance, UnlockedSaga.Guard.Instance)
        );
    }
}
