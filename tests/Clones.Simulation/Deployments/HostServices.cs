using Clones.Domain.Keys;
using Clones.Lifecycle;
using Clones.Persistence.Wallets;
using Clones.Settlement.Deployments;
using Clones.Simulation.Context;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Simulation;

/// <summary>
/// The services of a deployment as the workers register them. One container for all processes of all histories: what a process has once comes
/// from the seat that its scope was given.
/// </summary>
internal sealed class HostServices(SimulatedHost host) : IServiceScopeFactory
{
    private static readonly ServiceProvider Container = Build();

    public IServiceScope CreateScope() => new SeatScope(Container.CreateScope(), host);

    private static ServiceProvider Build()
    {
        var settings = new Dictionary<string, string?> { ["LIQUIDITY_VENUE"] = "local" };
        var real = new ServiceCollection()
            .AddAgentLifecycle()
            .AddDeployments(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        IServiceCollection services = new ServiceCollection();
        foreach (var service in real.Where(s => s.ServiceType != typeof(Microsoft.Extensions.Hosting.IHostedService)))
        {
            services.Add(service.ImplementationType is { } type ? ServiceDescriptor.Scoped(service.ServiceType, type) : service);
        }
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddScoped<SimulatedContext>();
        services.AddScoped(provider => provider.GetRequiredService<SimulatedContext>().NewContext());
        services.AddScoped<IPublishEndpoint>(provider => new Outgoing(provider.GetRequiredService<SimulatedContext>()).Endpoint);
        services.AddScoped<WalletLedger>();
        services.AddScoped<IDeploymentKeys, SimulatedVault>();
        services.AddScoped<TimeProvider>(provider => Host(provider).Clock);
        services.AddScoped(provider => Host(provider).World.SeededBug.Rules);
        services.AddScoped(provider => Host(provider).Crashes);
        services.AddScoped(provider => Host(provider).Rpc);
        services.AddScoped(provider => Host(provider).Balances);
        services.AddScoped(provider => Host(provider).Heartbeat);
        return services.BuildServiceProvider();
    }

    private static SimulatedHost Host(IServiceProvider provider) => provider.GetRequiredService<SimulatedContext>().Host;

    private sealed class SeatScope : IServiceScope
    {
        private readonly IServiceScope scope;

        public SeatScope(IServiceScope scope, SimulatedHost host)
        {
            this.scope = scope;
            scope.ServiceProvider.GetRequiredService<SimulatedContext>().Host = host;
        }

        public IServiceProvider ServiceProvider => scope.ServiceProvider;

        public void Dispose()
        {
            scope.ServiceProvider.GetRequiredService<SimulatedContext>().Abort();
            scope.Dispose();
        }
    }
}
