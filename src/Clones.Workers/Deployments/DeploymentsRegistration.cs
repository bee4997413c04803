using Clones.Workers.Deployments.Venues;
using MassTransit;

namespace Clones.Workers.Deployments;

internal static class DeploymentsRegistration
{
    /// <summary>Needs ClonesDbContext, WalletLedger, DepositKeyVault, RpcEndpoints and TimeProvider beside it.</summary>
    public static IServiceCollection AddDeployments(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<DeploymentOptions>()
            .Configure(options =>
            {
                options.LiquidityVenue = configuration["LIQUIDITY_VENUE"] is { Length: > 0 } venue ? venue : options.LiquidityVenue;
                options.RaydiumConfigIndex = configuration.GetValue("RAYDIUM_CONFIG_INDEX", options.RaydiumConfigIndex);
                options.TokenMetadataUri = configuration["TOKEN_METADATA_URI"] ?? options.TokenMetadataUri;
                options.PriorityFeeMicroLamportsMax = configuration.GetValue(
                    "DEPLOYMENT_PRIORITY_FEE_MAX",
                    options.PriorityFeeMicroLamportsMax
                );
            })
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddSingleton<LiquidityVenueSelector>();
        services.AddHostedService<VenueGuard>();
        services.AddScoped<DeploymentReader>();
        services.AddScoped<DeploymentTransactions>();
        services.AddScoped<DeploymentPreparation>();
        services.AddScoped<DeploymentAdoption>();
        services.AddScoped<LandedTransactions>();
        return services;
    }

    public static void AddDeployments(this IBusRegistrationConfigurator bus)
    {
        bus.AddConsumer<PrepareTokenCreationConsumer>();
        bus.AddConsumer<PreparePoolCreationConsumer>();
        bus.AddConsumer<CoSignTransactionConsumer>();
        bus.AddConsumer<DeploymentSettledConsumer>();
    }
}
