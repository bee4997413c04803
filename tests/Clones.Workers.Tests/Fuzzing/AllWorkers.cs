using Clones.Lifecycle;
using Clones.Settlement.Deployments;
using Clones.Testing.Hosts;
using Clones.Webhooks;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Workers.Tests.Fuzzing;

/// <summary>Every consumer that the workers have.</summary>
public sealed class AllWorkers : SettlementHost
{
    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddAgentLifecycle().AddDeployments(configuration).AddWebhooks(configuration);

    protected override void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddAgentLifecycle();
        bus.AddDeployments();
        bus.AddWebhooks();
    }
}
