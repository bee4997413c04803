using Clones.Acceptance;
using Clones.Hosting;
using MassTransit;

namespace Clones.Settlement.Funds;

public static class PoolsRegistration
{
    public static IServiceCollection AddPools(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<FundsOptions>(configuration, "Funds");
        services.AddPaymentAcceptance().AddScoped<PoolFunds>();
        services.AddHostedService<FundsReconciler>();
        return services;
    }

    public static void AddPools(this IBusRegistrationConfigurator bus) => bus.AddConsumer<RefreshPoolFundsConsumer>();
}
