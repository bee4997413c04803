using Clones.Contracts.Deployments;
using Clones.Contracts.Settlement;
using Clones.Domain.Transactions;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Settlement.Chain;
using Clones.Settlement.Deployments.Venues;
using Clones.Settlement.Rules;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Settlement.Deployments;

public static class DeploymentsRegistration
{
    /// <summary>Needs the store, the chain and the keys beside it.</summary>
    public static IServiceCollection AddDeployments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<DeploymentOptions>(configuration);
        services.AddSingleton<LiquidityVenueSelector>();
        services.AddHostedService<VenueGuard>();
        services.AddHostedService<DeploymentSweeper>();
        services.AddSettlementStore(configuration);
        services.TryAddSingleton<ExpiryProofCollector>();
        services.TryAddSingleton<SettlementRules>();
        services.AddSingleton<OwnerFunds>();
        services.AddSingleton<TransactionFinder>();
        services.AddScoped<MintSigner>();
        services.AddScoped<OwnerHeldAttempts>();
        services.AddSingleton<AbandonedDeployments>();
        services.AddScoped<DeploymentTransactions>();
        services.AddScoped<DeploymentPreparation>();
        services.AddScoped<DeploymentRequestHandler>();
        services.AddSingleton<DeploymentUnits>();
        services.AddScoped<IDeploymentHandler<CoSignTransaction>, CoSignTransactionHandler>();
        services.AddScoped<IDeploymentHandler<PrepareTokenCreation>, PrepareTokenCreationHandler>();
        services.AddScoped<IDeploymentHandler<PreparePoolCreation>, PreparePoolCreationHandler>();
        services.AddScoped<IDeploymentHandler<AdoptOnChainDeployment>, AdoptOnChainDeploymentHandler>();
        services.AddScoped<IDeploymentHandler<ReadOwnerTransaction>, ReadOwnerTransactionHandler>();
        services.AddScoped<IDeploymentHandler<TransactionSettled>, DeploymentSettledHandler>();
        services.AddScoped<DeploymentAdoption>();
        services.AddScoped<DeploymentChainReader>();
        services.AddScoped<UnrecordedDeployments>();
        services.AddScoped<IUnrecordedTokens>(provider => provider.GetRequiredService<UnrecordedDeployments>());
        return services;
    }

    public static void AddDeployments(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumerWithoutInbox<PrepareTokenCreationConsumer>();
        bus.AddConsumerWithoutInbox<PreparePoolCreationConsumer>();
        bus.AddConsumerWithoutInbox<CoSignTransactionConsumer>();
        bus.AddConsumerWithoutInbox<DeploymentSettledConsumer>();
        bus.AddConsumerWithoutInbox<AdoptOnChainDeploymentConsumer>();
        bus.AddConsumerWithoutInbox<ReadOwnerTransactionConsumer>();
    }
}
