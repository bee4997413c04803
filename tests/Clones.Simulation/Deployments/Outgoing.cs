using Clones.Settlement.Store;
using MassTransit;
using MassTransit.Util;

namespace Clones.Simulation;

/// <summary>What the code under test publishes: it waits for the commit.</summary>
internal sealed class Outgoing(IDeploymentWork work) : IPublishEndpointProvider, ISendEndpoint
{
    public Task<ISendEndpoint> GetPublishSendEndpoint<T>()
        where T : class => Task.FromResult<ISendEndpoint>(this);

    public ConnectHandle ConnectPublishObserver(IPublishObserver observer) => new EmptyConnectHandle();

    public ConnectHandle ConnectSendObserver(ISendObserver observer) => new EmptyConnectHandle();

    public Task Send<T>(T message, CancellationToken cancellationToken)
        where T : class => Keep(message);

    public Task Send<T>(T message, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class => Keep(message);

    public Task Send<T>(T message, IPipe<SendContext> pipe, CancellationToken cancellationToken)
        where T : class => Keep(message);

    public Task Send(object message, CancellationToken cancellationToken) => Keep(message);

    public Task Send(object message, Type messageType, CancellationToken cancellationToken) => Keep(message);

    public Task Send(object message, IPipe<SendContext> pipe, CancellationToken cancellationToken) => Keep(message);

    public Task Send(object message, Type messageType, IPipe<SendContext> pipe, CancellationToken cancellationToken) => Keep(message);

    public Task Send<T>(object values, CancellationToken cancellationToken)
        where T : class => throw new NotSupportedException();

    public Task Send<T>(object values, IPipe<SendContext<T>> pipe, CancellationToken cancellationToken)
        where T : class => throw new NotSupportedException();

    public Task Send<T>(object values, IPipe<SendContext> pipe, CancellationToken cancellationToken)
        where T : class => throw new NotSupportedException();

    private Task Keep(object message) => work.PublishAsync(message, default);
}
