using MassTransit;

namespace Clones.Workers.Payments;

internal static class PaymentsRegistration
{
    public static IServiceCollection AddPayments(this IServiceCollection services) =>
        services.AddSingleton<PaymentBooks>().AddScoped<WaitingPayments>().AddScoped<MessagePayments>();

    public static void AddPayments(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PaymentSettledConsumer>();
        bus.AddConsumer<PaymentRequestedConsumer>();
    }
}
