using Clones.Persistence.Messaging.Hosting;
using Clones.Workers.Agents;
using Clones.Workers.Deployments.Venues;
using Clones.Workers.Settlement;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Clones.Workers.Deployments;

internal static class DeploymentsRegistration
{
    /// <summary>Needs the store, the chain and the keys beside it.</summary>
    /// <exception cref="ConfigurationMissingException">A setting cannot be used.</exception>
    public static IServiceCollection AddDeployments(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(Options.Create(DeploymentOptions.Read(configuration)));
        services.AddSingleton<LiquidityVenueSelector>();
        services.AddHostedService<VenueGuard>();
        services.AddHostedService<DeploymentSweeper>();
        services.TryAddSingleton<DatabaseHeartbeat>();
        services.TryAddSingleton<DeathInquest>();
        services.TryAddSingleton<SettlementRules>();
        services.AddSingleton<OwnerFunds>();
        services.AddSingleton<OwnerLandings>();
        services.AddScoped<MintSigner>();
        services.AddScoped<HeldAttempts>();
        services.AddScoped<StalledDeployments>();
        services.AddSingleton<GivenUpDeployments.Place>();
        services.AddScoped<GivenUpDeployments>();
        services.AddScoped<DeploymentReader>();
        services.AddScoped<DeploymentTransactions>();
        services.AddScoped<DeploymentPreparation>();
        services.AddScoped<DeploymentAdoption>();
        services.AddScoped<LandedTransactions>();
        services.AddScoped<DeploymentSight>();
        services.AddScoped<LateLandings>();
        services.AddScoped<ILandedTokens>(provider => provider.GetRequiredService<LateLandings>());
        services.AddScoped<EarlierLandings>();
        return services;
    }

    public static void AddDeployments(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PrepareTokenCreationConsumer>();
        bus.AddConsumer<PreparePoolCreationConsumer>();
        bus.AddConsumer<CoSignTransactionConsumer>();
        bus.AddConsumer<DeploymentSettledConsumer>();
        bus.AddConsumer<AdoptLandedConsumer>();
        bus.AddConsumer<LookForOwnerTransactionConsumer>();
    }
}
