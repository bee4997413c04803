using Clones.Messaging.Sagas;
using Clones.Persistence;
using Clones.Persistence.Agents;
using Clones.Settlement.Store;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Clones.Lifecycle;

public static class AgentsRegistration
{
    public static IServiceCollection AddAgentLifecycle(this IServiceCollection services)
    {
        services.AddScoped<ILifecycleRows, DatabaseLifecycleRows>();
        services.AddScoped<AgentHistory>();
        services.AddScoped<OpenDeployments>();
        services.TryAddSingleton<DatabaseHeartbeat>();
        services.AddHostedService<LifecycleMachinePublisher>();
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
