using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

internal sealed class AgentLifecycleDefinition : SagaDefinition<AgentLifecycleInstance>
{
    public AgentLifecycleDefinition() => EndpointName = "agent-lifecycle";

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator,
        ISagaConfigurator<AgentLifecycleInstance> sagaConfigurator,
        IRegistrationContext context
    ) => endpointConfigurator.RetryOvertakingEvents();
}
