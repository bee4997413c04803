using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>What the steps of the lifecycle take from the context of the message that they run in.</summary>
internal static class AgentLifecycleContext
{
    /// <summary>A service of the message's own scope, whose one database transaction holds everything.</summary>
    public static T Service<T>(this PipeContext context)
        where T : notnull => context.GetPayload<IServiceProvider>().GetRequiredService<T>();

    /// <summary>The name that history, API and messages use, such as INITIATE_DEPLOYMENT.</summary>
    public static string EventName(this BehaviorContext<AgentLifecycleInstance> context) => UpperSnakeCase.From(context.Event.Name);

    public static AgentLifecycleGraph Graph(this BehaviorContext<AgentLifecycleInstance> context) =>
        ((AgentLifecycleStateMachine)context.StateMachine).Graph;
}
