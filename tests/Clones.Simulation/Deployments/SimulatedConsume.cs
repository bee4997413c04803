using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Clones.Settlement.Store;
using MassTransit;
using MassTransit.Context;

namespace Clones.Simulation;

/// <summary>A message as a consumer or the lifecycle gets it: the message, the services of its scope, and where what it publishes goes.</summary>
internal sealed class SimulatedConsume<T>(T message, IServiceProvider services, IDeploymentWork work)
    : BaseConsumeContext(Received.With(new Outgoing(work)), null!),
        ConsumeContext<T>
    where T : class
{
    private readonly Dictionary<Type, object> payloads = new() { [typeof(IServiceProvider)] = services };

    public T Message => message;

    public override Guid? MessageId => null;

    public override Guid? RequestId => null;

    public override Guid? CorrelationId => null;

    public override Guid? ConversationId => null;

    public override Guid? InitiatorId => null;

    public override DateTime? ExpirationTime => null;

    public override Uri SourceAddress => null!;

    public override Uri DestinationAddress => null!;

    public override Uri ResponseAddress => null!;

    public override Uri FaultAddress => null!;

    public override DateTime? SentTime => null;

    public override Headers Headers => throw new NotSupportedException();

    public override HostInfo Host => throw new NotSupportedException();

    public override Task ConsumeCompleted => Task.CompletedTask;

    public override IEnumerable<string> SupportedMessageTypes => [];

    public override bool HasPayloadType(Type payloadType) => payloads.ContainsKey(payloadType);

    public override bool TryGetPayload<TPayload>([NotNullWhen(true)] out TPayload? payload)
        where TPayload : class
    {
        payload = payloads.GetValueOrDefault(typeof(TPayload)) as TPayload;
        return payload is not null;
    }

    public override TPayload GetOrAddPayload<TPayload>(PayloadFactory<TPayload> payloadFactory)
    {
        if (!TryGetPayload<TPayload>(out var payload))
        {
            payloads[typeof(TPayload)] = payload = payloadFactory();
        }
        return payload;
    }

    public override TPayload AddOrUpdatePayload<TPayload>(PayloadFactory<TPayload> addFactory, UpdatePayloadFactory<TPayload> updateFactory)
    {
        var payload = TryGetPayload<TPayload>(out var there) ? updateFactory(there) : addFactory();
        payloads[typeof(TPayload)] = payload;
        return payload;
    }

    public override bool HasMessageType(Type messageType) => messageType.IsAssignableFrom(typeof(T));

    public override bool TryGetMessage<TMessage>([NotNullWhen(true)] out ConsumeContext<TMessage>? consumeContext)
        where TMessage : class
    {
        consumeContext = this as ConsumeContext<TMessage>;
        return consumeContext is not null;
    }

    public override void AddConsumeTask(Task task) { }

    public Task NotifyConsumed(TimeSpan duration, string consumerType) => Task.CompletedTask;

    public Task NotifyFaulted(TimeSpan duration, string consumerType, Exception exception) => Task.CompletedTask;
}

/// <summary>The transport below a message: all that is asked of it is where to publish.</summary>
internal class Received : DispatchProxy
{
    private IPublishEndpointProvider provider = null!;

    public static ReceiveContext With(IPublishEndpointProvider provider)
    {
        var context = Create<ReceiveContext, Received>();
        ((Received)(object)context).provider = provider;
        return context;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name switch
        {
            "get_PublishEndpointProvider" => provider,
            "get_CancellationToken" => CancellationToken.None,
            _ => throw new NotSupportedException($"Nobody has received this by a transport: {targetMethod?.Name}."),
        };
}
