using MassTransit;
using MassTransit.Clients;
using MassTransit.DependencyInjection;
using MassTransit.Middleware.Outbox;
using MassTransit.Transports;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.BusOutbox;

/// <summary>
/// Gives each scope its <see cref="IPublishEndpoint"/> and <see cref="ISendEndpointProvider"/>: in a consumer those of the consumed
/// message, elsewhere ones that write to the outbox. Requests are never delayed: their answer is awaited before anything is saved.
/// </summary>
internal sealed class BusOutboxContextProvider<TDbContext> : IScopedBusContextProvider<IBus>
    where TDbContext : DbContext
{
    public BusOutboxContextProvider(
        IBus bus,
        Bind<IBus, IClientFactory> clientFactory,
        Bind<IBus, IScopedConsumeContextProvider> busConsumeContext,
        IScopedConsumeContextProvider consumeContext,
        BusOutboxScope<TDbContext> scope,
        IServiceProvider provider
    )
    {
        if (busConsumeContext.Value.HasContext)
        {
            Context = new ConsumeContextScopedBusContext(busConsumeContext.Value.GetContext(), clientFactory.Value);
        }
        else if (consumeContext.HasContext)
        {
            Context = new ConsumeContextScopedBusContext<IBus>(bus, consumeContext.GetContext(), clientFactory.Value, provider);
        }
        else
        {
            Context = new OutboxScopedBusContext(bus, scope, new BusScopedBusContext<IBus>(bus, clientFactory.Value, provider));
        }
    }

    public ScopedBusContext Context { get; }

    private sealed class OutboxScopedBusContext(IBus bus, BusOutboxScope<TDbContext> scope, ScopedBusContext direct) : ScopedBusContext
    {
        public ISendEndpointProvider SendEndpointProvider { get; } = new OutboxSendEndpointProvider(scope, bus);

        public IPublishEndpoint PublishEndpoint { get; } = new PublishEndpoint(new OutboxPublishEndpointProvider(scope, bus));

        public IScopedClientFactory ClientFactory => direct.ClientFactory;
    }
}
