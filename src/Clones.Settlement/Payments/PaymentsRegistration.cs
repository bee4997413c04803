using MassTransit;

namespace Clones.Settlement.Payments;

public static class PaymentsRegistration
{
    public static IServiceCollection AddPayments(this IServiceCollection services) =>
        services.AddSingleton<PaymentCloser>().AddScoped<WaitingPayments>().AddScoped<PaymentRequestHandler>();

    public static void AddPayments(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PaymentSettledConsumer>();
        bus.AddConsumer<PaymentRequestedConsumer>();
    }
}
