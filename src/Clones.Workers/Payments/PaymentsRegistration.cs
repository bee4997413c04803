using MassTransit;

namespace Clones.Workers.Payments;

internal static class PaymentsRegistration
{
    public static void AddPayments(this IBusRegistrationConfigurator bus) => bus.AddConsumer<PaymentSettledConsumer>();
}
