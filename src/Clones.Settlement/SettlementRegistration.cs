using Clones.Domain;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Settlement.Adoption;
using Clones.Settlement.Attempts;
using Clones.Settlement.Chain;
using Clones.Settlement.Closing;
using Clones.Settlement.Events;
using Clones.Settlement.Payments;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Settlement;

public static class SettlementRegistration
{
    public static IServiceCollection AddSettlement(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSettlementParts(configuration).AddHostedService<TransactionWatcher>();

    /// <summary>Without the service that watches.</summary>
    public static IServiceCollection AddSettlementParts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettlementStore(configuration);
        services.TryAddSingleton<Jitter>(Random.Shared.NextDouble);
        services.AddSingleton<ClusterFacts>();
        services.AddSingleton<StatusReader>();
        services.TryAddSingleton<ExpiryProofCollector>();
        services.AddSingleton<PaymentTransactionBuilder>();
        services.TryAddSingleton<SettlementRules>();
        services.AddSingleton<TransactionRegrouping>();
        services.AddSingleton<TransactionCloser>();
        services.AddSingleton<TransactionAdoption>();
        services.AddSingleton<PaymentPreparation>();
        services.AddSingleton(s => new PreparationGroups(
            s.GetRequiredService<PaymentPreparation>().PrepareAsync,
            s.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped
        ));
        services.AddSingleton<AttemptBroadcast>();
        services.AddSingleton<AttemptStateWriter>();
        services.AddSingleton<AttemptCheck>();
        services.AddSingleton<SettlementPoller>();
        return services;
    }

    /// <summary>What payments and deployments share.</summary>
    internal static IServiceCollection AddSettlementStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<SettlementOptions>(configuration, "Settlement");
        services.TryAddSingleton<DatabaseHeartbeat>();
        services.TryAddSingleton<ISettlementStore, DatabaseSettlementStore>();
        services.TryAddScoped<PaymentEventPublisher>();
        services.TryAddScoped<IDeploymentWork, DatabaseSettlementWork>();
        return services;
    }

    public static void AddSettlement(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumerWithoutInbox<PrepareTransactionsConsumer>();
        bus.AddConsumerWithoutInbox<BroadcastTransactionConsumer>();
    }
}
