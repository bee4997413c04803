namespace Clones.Contracts.Agents;

/// <summary>One arrow of the lifecycle.</summary>
/// <param name="From">Null for [*].</param>
/// <param name="Condition">Which of two arrows of one event is taken, e.g. "if no token"; null where there is one arrow.</param>
/// <param name="RefusedDuringSubmission">Rejected while a signed transaction of the agent may still land.</param>
public sealed record LifecycleTransition(string? From, string Event, string To, string? Condition, bool RefusedDuringSubmission);

/// <summary>
/// The lifecycle as data, by the names of the edges. It is read off the running state machine by the workers, never written by hand; the API
/// draws it from what they have stored.
/// </summary>
/// <param name="Statuses">In the order of a life.</param>
public sealed record AgentLifecycleGraph(
    IReadOnlyList<string> Statuses,
    IReadOnlyList<string> Events,
    IReadOnlyList<LifecycleTransition> Transitions
)
{
    /// <summary>Statuses that nothing leads out of.</summary>
    public IEnumerable<string> Ends() => Statuses.Where(status => Transitions.All(t => t.From != status));

    public IReadOnlyList<string> PermittedEvents(string status) =>
        [.. Events.Where(e => Transitions.Any(t => t.From == status && t.Event == e))];

    public IReadOnlyList<string> PermittedEventsDuringSubmission(string status) =>
        [.. Events.Where(e => Transitions.Any(t => t.From == status && t.Event == e && !t.RefusedDuringSubmission))];
}
