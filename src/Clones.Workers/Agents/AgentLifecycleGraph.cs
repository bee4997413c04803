using Clones.Contracts.Agents;
using Clones.Persistence;

namespace Clones.Workers.Agents;

/// <summary>One arrow of the lifecycle.</summary>
/// <param name="From">Null for [*].</param>
/// <param name="Condition">Which of two arrows of one event is taken, e.g. "if no token"; null where there is one arrow.</param>
/// <param name="RefusedDuringSubmission">Refused while a signed transaction of the agent may still land.</param>
internal sealed record LifecycleTransition(string? From, string Event, string To, string? Condition, bool RefusedDuringSubmission);

/// <summary>
/// The lifecycle as data, by the names of the edges: what the running machine does, read from the steps that are bound in it, not from
/// a second list beside it.
/// </summary>
internal sealed record AgentLifecycleGraph(
    IReadOnlyList<string> Statuses,
    IReadOnlyList<string> Events,
    IReadOnlyList<LifecycleTransition> Transitions
)
{
    public static AgentLifecycleGraph Of(AgentLifecycleStateMachine machine)
    {
        var reader = new AgentLifecycleGraphReader(machine);
        machine.Accept(reader);
        // The order of declaration is the order of a life, which is how people want to read it.
        var statuses = machine.States.Except([machine.Initial, machine.Final]).Select(s => UpperSnakeCase.From(s.Name)).ToArray();
        var events = machine.Events.Where(AgentLifecycleGraphReader.IsOurs).Select(e => UpperSnakeCase.From(e.Name)).ToArray();
        return new(
            [.. AgentStatus.All.Where(statuses.Contains), .. statuses.Except(AgentStatus.All)],
            [.. AgentEvent.All.Where(events.Contains), .. events.Except(AgentEvent.All).Where(e => e != "REGISTER")],
            [.. reader.Transitions.OrderBy(t => t.From is null ? -1 : Array.IndexOf([.. AgentStatus.All], t.From))]
        );
    }

    /// <summary>Statuses that nothing leads out of.</summary>
    public IEnumerable<string> Ends => Statuses.Where(status => Transitions.All(t => t.From != status));

    public IReadOnlyList<string> PermittedEvents(string status) =>
        [.. Events.Where(e => Transitions.Any(t => t.From == status && t.Event == e))];

    public IReadOnlyList<string> PermittedEventsDuringSubmission(string status) =>
        [.. Events.Where(e => Transitions.Any(t => t.From == status && t.Event == e && !t.RefusedDuringSubmission))];
}
