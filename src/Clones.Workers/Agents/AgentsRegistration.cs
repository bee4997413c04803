using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Persistence.Messaging;
using Clones.Workers.Settlement;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Workers.Agents;

internal static class AgentsRegistration
{
    public static IServiceCollection AddAgentLifecycle(this IServiceCollection services)
    {
        services.AddScoped<AgentHistory>();
        services.AddScoped<OpenDeployments>();
        services.TryAddSingleton<DatabaseHeartbeat>();
        services.AddHostedService<LifecycleMachineTeller>();
        return services;
    }

    public static void AddAgentLifecycle(this IBusRegistrationConfigurator bus) =>
        bus.AddSagaStateMachine<AgentLifecycleStateMachine, AgentLifecycleInstance, AgentLifecycleDefinition>()
            .EntityFrameworkRepository(repository =>
            {
                repository.ExistingDbContext<ClonesDbContext>();
                repository.UsePostgres();
            });
}
