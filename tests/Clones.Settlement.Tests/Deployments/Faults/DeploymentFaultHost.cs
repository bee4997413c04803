using Clones.Contracts.Agents;
using Clones.Domain.Transactions;
using Clones.Lifecycle;
using Clones.Settlement.Deployments;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>The whole workers' host: lifecycle, deployments and the real settlement, on two nodes that can be made to fail.</summary>
public sealed class DeploymentFaultHost : SettlementHost
{
    // 45 s: an owner of these tests signs in time on a busy machine, and what is to expire is warped.
    protected override int BlockhashAge => 900;

    protected override void AddServices(IServiceCollection services, IConfiguration configuration) =>
        services.AddAgentLifecycle().AddDeployments(configuration);

    /// <summary>A pass of the sweeper now, beside those that it makes by itself.</summary>
    internal Task SweepAsync() =>
        FirstWorker
            .Services.GetServices<IHostedService>()
            .OfType<DeploymentSweeper>()
            .Single()
            .PassAsync(TestContext.Current.CancellationToken);

    /// <summary>Everything that was asked for this agent so far has been done: another agent, asked after it, has been served by the same queues.</summary>
    internal async Task QuietAsync(FaultyDeployment deployment)
    {
        await deployment.UntilAsync(AgentStatus.PendingTokenSignature);
        for (var i = 0; i < 2; i++)
        {
            var other = await FaultyDeployment.CreateAsync(this, lamports: 0);
            await other.CommandAsync(TransactionKind.TokenCreation);
            await other.UntilAsync(AgentStatus.Failed);
        }
    }

    protected override void AddConsumers(IBusRegistrationConfigurator bus)
    {
        bus.AddAgentLifecycle();
        bus.AddDeployments();
    }
}
