using Clones.Domain.Keys;
using Clones.Lifecycle;
using Clones.Settlement.Deployments;
using Clones.Settlement.Store;
using Clones.Simulation.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Clones.Simulation;

/// <summary>
/// The services of a deployment as the workers register them. One container for all processes of all histories: what a process has once, and the
/// database transaction of the message, come from whoever opens the scope.
/// </summary>
internal static class HostServices
{
    private static readonly ServiceProvider Container = Build();

    public static AsyncServiceScope CreateScope(SimulatedHost host, SimulatedWork work)
    {
        var scope = Container.CreateAsyncScope();
        var given = scope.ServiceProvider.GetRequiredService<Given>();
        (given.Host, given.Work) = (host, work);
        return scope;
    }

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
        services.AddScoped<Given>();
        services.AddScoped<IDeploymentWork>(provider => provider.GetRequiredService<Given>().Work);
        services.AddScoped(provider => provider.GetRequiredService<Given>().Work);
        services.AddScoped(provider => new SimulatedLifecycle(
            Host(provider).World.Database,
            provider.GetRequiredService<Given>().Work,
            Host(provider).Heartbeat
        ));
        services.AddScoped<ILifecycleRows>(provider => provider.GetRequiredService<SimulatedLifecycle>());
        services.AddScoped<IDeploymentKeys, SimulatedVault>();
        services.AddScoped(Host);
        services.AddScoped<TimeProvider>(provider => Host(provider).Clock);
        services.AddScoped(provider => Host(provider).World.SeededBug.Rules);
        services.AddScoped(provider => Host(provider).Crashes);
        services.AddScoped(provider => Host(provider).Rpc);
        services.AddScoped(provider => Host(provider).Balances);
        return services.BuildServiceProvider();
    }

    private static SimulatedHost Host(IServiceProvider provider) => provider.GetRequiredService<Given>().Host;

    private sealed class Given
    {
        public SimulatedHost Host { get; set; } = null!;

        public SimulatedWork Work { get; set; } = null!;
    }
}
