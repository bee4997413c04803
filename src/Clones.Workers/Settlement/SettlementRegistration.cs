using Clones.Workers.Settlement.Store;
using MassTransit;

namespace Clones.Workers.Settlement;

internal static class SettlementRegistration
{
    public static IServiceCollection AddSettlement(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(SettlementOptions.Load(configuration));
        services.AddSingleton<ClusterFacts>();
        services.AddSingleton<StatusReader>();
        services.AddSingleton<DeathInquest>();
        services.AddSingleton<PaymentMessages>();
        services.AddSingleton<SettlementRules>();
        services.AddSingleton<ISettlementStore, DatabaseSettlementStore>();
        services.AddSingleton<PaymentPreparation>();
        services.AddSingleton<AttemptBroadcast>();
        services.AddSingleton<AttemptLedger>();
        services.AddSingleton<AttemptCheck>();
        services.AddSingleton<SettlementPass>();
        services.AddHostedService<TransactionWatcher>();
        return services;
    }

    public static void AddSettlement(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PrepareTransactionConsumer>();
        bus.AddConsumer<BroadcastTransactionConsumer>();
    }
}
