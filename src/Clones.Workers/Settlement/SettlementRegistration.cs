using Clones.Workers.Settlement.Store;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Workers.Settlement;

internal static class SettlementRegistration
{
    public static IServiceCollection AddSettlement(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSettlementParts(configuration).AddHostedService<TransactionWatcher>();

    /// <summary>Without the service that watches.</summary>
    public static IServiceCollection AddSettlementParts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(SettlementOptions.Load(configuration));
        services.TryAddSingleton<Jitter>(Random.Shared.NextDouble);
        services.AddSingleton<ClusterFacts>();
        services.AddSingleton<StatusReader>();
        services.TryAddSingleton<DeathInquest>();
        services.AddSingleton<PaymentMessages>();
        services.TryAddSingleton<SettlementRules>();
        services.TryAddSingleton<DatabaseHeartbeat>();
        services.AddSingleton<LandingAdoption>();
        services.AddSingleton<ISettlementStore, DatabaseSettlementStore>();
        services.AddSingleton<PaymentPreparation>();
        services.AddSingleton<AttemptBroadcast>();
        services.AddSingleton<AttemptLedger>();
        services.AddSingleton<AttemptCheck>();
        services.AddSingleton<SettlementPass>();
        return services;
    }

    public static void AddSettlement(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PrepareTransactionConsumer>();
        bus.AddConsumer<BroadcastTransactionConsumer>();
    }
}
