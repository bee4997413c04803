using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using MassTransit.Middleware.Rescue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Clones.Messaging.Bus;

/// <summary>
/// The way of a message into its error queue. MassTransit publishes it there with everything that its sender has written on it, and two of these
/// things were for the broker: a user's name, with which it lets nobody else publish (it would close the channel, deliver the message again, and
/// hold up the whole queue for ever), and further addressees, to whom it would be carried when it is moved back.
/// </summary>
public static class ErrorQueueMove
{
    private static readonly string[] Addressees = ["CC", "BCC"];

    /// <summary>What fails and what no consumer takes both go to the error queue, with the reason.</summary>
    public static void ConfigureErrorQueue(this IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        endpoint.ConfigureError(pipe =>
        {
            pipe.UseFilter(new GenerateFaultFilter());
            pipe.UseFilter(new ForMoving());
            pipe.UseFilter(new ErrorTransportFilter());
        });
        endpoint.ConfigureDeadLetter(pipe =>
            pipe.UseFilter(new SkippedMessageFilter(context.GetRequiredService<ILogger<SkippedMessageFilter>>()))
        );
    }

    internal static ExceptionReceiveContext Of(ReceiveContext context, Exception exception) =>
        new RescueExceptionReceiveContext(new MovedReceiveContext(context), exception);

    /// <summary>What is left of the properties of a message that somebody else publishes again.</summary>
    public static BasicProperties PropertiesOf(IReadOnlyBasicProperties sent)
    {
        var properties = new BasicProperties(sent);
        properties.ClearUserId();
        properties.Headers = properties
            .Headers?.Where(h => !Addressees.Contains(h.Key))
            .ToDictionary(h => h.Key, h => h.Value, StringComparer.Ordinal);
        return properties;
    }

    private sealed class ForMoving : IFilter<ExceptionReceiveContext>
    {
        public Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next) => next.Send(Of(context, context.Exception));

        public void Probe(ProbeContext context) => context.CreateFilterScope("forMoving");
    }

    private sealed class MovedReceiveContext(ReceiveContext context) : ReceiveContextProxy(context)
    {
        public override bool TryGetPayload<TPayload>([NotNullWhen(true)] out TPayload? payload)
            where TPayload : class
        {
            var found = base.TryGetPayload(out TPayload? own);
            payload =
                typeof(TPayload) == typeof(RabbitMqBasicConsumeContext) && own is RabbitMqBasicConsumeContext delivery
                    ? (TPayload)(object)new MovedDelivery(delivery)
                    : own!;
            return found;
        }
    }

    private sealed class MovedDelivery(RabbitMqBasicConsumeContext delivery) : RabbitMqBasicConsumeContext
    {
        public string Exchange => delivery.Exchange;
        public string? RoutingKey => delivery.RoutingKey;
        public string ConsumerTag => delivery.ConsumerTag;
        public ulong DeliveryTag => delivery.DeliveryTag;
        public IReadOnlyBasicProperties Properties { get; } = PropertiesOf(delivery.Properties);
    }
}
