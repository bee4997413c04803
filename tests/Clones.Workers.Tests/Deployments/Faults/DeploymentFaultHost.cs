using Clones.Workers.Agents;
using Clones.Workers.Deployments;
using Clones.Workers.Tests.Settlement;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Workers.Tests.Deployments.Faults;

/// <summary>The whole workers' host: lifecycle, deployments and the real settlement, on two nodes that can be made to fail.</summary>
public sealed class DeploymentFaultHost : SettlementHost
{
    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddAgentLifecycle().AddDeployments(configuration);

    protected override void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddAgentLifecycle();
        bus.AddDeployments();
    }
}
