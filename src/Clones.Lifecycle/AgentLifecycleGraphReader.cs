using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Persistence.Agents;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Clones.Lifecycle;

/// <summary>Walks the steps bound to each state and event, and notes every arrow with the guards that stand before it.</summary>
internal sealed class AgentLifecycleGraphReader(AgentLifecycleStateMachine machine) : StateMachineVisitor
{
    private readonly List<LifecycleTransition> transitions = [];
    private State? state;
    private Event? @event;
    private string? condition;
    private bool guarded;

    public IReadOnlyList<LifecycleTransition> Transitions => transitions;

    /// <summary>What the running machine does, read from the steps that are bound in it, not from a second list beside it.</summary>
    public static AgentLifecycleGraph Read(AgentLifecycleStateMachine machine)
    {
        var reader = new AgentLifecycleGraphReader(machine);
        machine.Accept(reader);
        // The order of declaration is the order of a life, which is how people want to read it.
        var statuses = machine.States.Except([machine.Initial, machine.Final]).Select(s => UpperSnakeCase.From(s.Name)).ToArray();
        var events = machine.Events.Where(IsOurs).Select(e => UpperSnakeCase.From(e.Name)).ToArray();
        return new(
            [.. AgentStatus.All.Where(statuses.Contains), .. statuses.Except(AgentStatus.All)],
            [.. AgentEvent.All.Where(events.Contains), .. events.Except(AgentEvent.All).Where(e => e != "REGISTER")],
            [.. reader.Transitions.OrderBy(t => t.From is null ? -1 : Array.IndexOf([.. AgentStatus.All], t.From))]
        );
    }

    /// <summary>A machine has events of its own beside ours: each state's enter and leave.</summary>
    public static bool IsOurs(Event @event) =>
        @event.GetType().GetInterfaces().Any(i => i.IsGenericType && typeof(IAgentCommand).IsAssignableFrom(i.GetGenericArguments()[0]));

    public void Visit(State state, Action<State> next)
    {
        this.state = state;
        next(state);
    }

    public void Visit(Event @event, Action<Event> next)
    {
        Begin(@event);
        next(@event);
    }

    public void Visit<TMessage>(Event<TMessage> @event, Action<Event<TMessage>> next)
        where TMessage : class
    {
        Begin(@event);
        next(@event);
    }

    public void Visit<T>(IBehavior<T> behavior)
        where T : class, SagaStateMachineInstance { }

    public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next)
        where T : class, SagaStateMachineInstance => next(behavior);

    public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior)
        where T : class, SagaStateMachineInstance
        where TMessage : class { }

    public void Visit<T, TMessage>(IBehavior<T, TMessage> behavior, Action<IBehavior<T, TMessage>> next)
        where T : class, SagaStateMachineInstance
        where TMessage : class => next(behavior);

    public void Visit(IStateMachineActivity activity) => Record(activity);

    public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
    {
        Record(activity);
        var (outerCondition, outerGuarded) = (condition, guarded);
        next(activity);
        // What stands within a branch guards that branch only; any other activity that holds one is a mere wrapping.
        if (activity.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ConditionActivity<,>))
        {
            (condition, guarded) = (outerCondition, outerGuarded);
        }
    }

    private void Begin(Event visited)
    {
        @event = visited;
        condition = null;
        guarded = false;
    }

    private void Record(IStateMachineActivity activity)
    {
        if (activity is IConditionLabel label)
        {
            condition = label.Text;
        }
        else if (activity is ISubmissionInFlightGuard)
        {
            guarded = true;
        }
        else if (activity is TransitionActivity<AgentLifecycleInstance> transition)
        {
            transitions.Add(
                new(
                    state!.Name == machine.Initial.Name ? null : UpperSnakeCase.From(state.Name),
                    UpperSnakeCase.From(@event!.Name),
                    UpperSnakeCase.From(transition.ToState.Name),
                    condition,
                    guarded
                )
            );
        }
    }
}
