using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Acceptance;

public static class AcceptanceRegistration
{
    /// <summary>Needs the store, the chain and the bus of the host.</summary>
    public static IServiceCollection AddPaymentAcceptance(this IServiceCollection services)
    {
        services.TryAddSingleton<PaymentService>();
        return services;
    }
}
