using Clones.Domain;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>Hangs on the machine itself, so that no line of the table can move an agent without history and announcement.</summary>
internal sealed class TransitionRecorder : IStateObserver<AgentLifecycleInstance>
{
    public Task StateChanged(BehaviorContext<AgentLifecycleInstance> context, State currentState, State? previousState)
    {
        // A new instance first enters Initial, which is [*] in the diagram and not a status.
        if (currentState.Name == context.StateMachine.Initial.Name)
        {
            return Task.CompletedTask;
        }

        var from = previousState is null || previousState.Name == context.StateMachine.Initial.Name ? null : previousState.Name;
        var changed = context
            .Service<AgentHistory>()
            .RecordTransition(context, from is null ? null : UpperSnakeCase.From(from), UpperSnakeCase.From(currentState.Name));
        return context.Publish(changed, context.CancellationToken);
    }
}
