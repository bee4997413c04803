using Clones.Acceptance;
using Clones.Contracts.Payments;
using Clones.Solana.Primitives;
using MassTransit;

namespace Clones.Settlement.Payments;

public static class PaymentsRegistration
{
    public static IServiceCollection AddPayments(this IServiceCollection services) =>
        services.AddPaymentAcceptance().AddScoped<PaymentRequestHandler>();

    public static void AddPayments(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PaymentRequestedConsumer, PaymentRequestedDefinition>();
    }

    private sealed class PaymentRequestedDefinition : ConsumerDefinition<PaymentRequestedConsumer>
    {
        protected override void ConfigureConsumer(
            IReceiveEndpointConfigurator endpointConfigurator,
            IConsumerConfigurator<PaymentRequestedConsumer> consumerConfigurator,
            IRegistrationContext context
        ) =>
            endpointConfigurator.UseFilter(
                ActivatorUtilities.CreateInstance<ReadAheadFilter<PaymentRequested>>(
                    context,
                    (Func<PaymentRequested, (Guid, PublicKey)?>)(
                        message => (message.TrainingPoolId, RequestedPayment.Parse(message).Recipient)
                    )
                )
            );
    }
}
