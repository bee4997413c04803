using Clones.Persistence;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Workers.Agents;

internal static class AgentsRegistration
{
    public static IServiceCollection AddAgentLifecycle(this IServiceCollection services)
    {
        services.AddScoped<AgentHistory>();
        services.AddScoped<OpenDeployments>();
        return services;
    }
}
