using System.Text;

namespace Clones.Domain;

/// <summary>One change of a status that is allowed.</summary>
/// <param name="From">Null where something begins.</param>
/// <param name="Cause">For people: what makes the change.</param>
public readonly record struct Transition<TStatus>(TStatus? From, TStatus To, string Cause)
    where TStatus : struct, Enum;

/// <summary>A change of a status that its <see cref="TransitionTable{TStatus}"/> does not list: nothing may be stored of it.</summary>
public sealed class IllegalTransitionException(string message) : InvalidOperationException(message);

/// <summary>
/// Every change of a status that is allowed, and no other. The only place that names them: the code, the trigger of the database, the audits of
/// the simulator and of the chaos run, and the diagrams in docs/statuses.md all read it.
/// </summary>
public sealed class TransitionTable<TStatus>(string subject, params Transition<TStatus>[] transitions)
    where TStatus : struct, Enum
{
    private readonly HashSet<(TStatus From, TStatus To)> changes =
    [
        .. transitions.Where(t => t.From is not null).Select(t => (t.From!.Value, t.To)),
    ];

    /// <summary>Whose status it is, in words: <c>payment</c>.</summary>
    public string Subject { get; } = subject;

    public IReadOnlyList<Transition<TStatus>> Transitions { get; } = transitions;

    /// <summary>Where it stays, unless the database was restored to before it.</summary>
    public IReadOnlyList<TStatus> Ends =>
        [.. Enum.GetValues<TStatus>().Where(from => !changes.Any(c => c.From.Equals(from) && !IsAdoption(c.From, c.To)))];

    /// <param name="wasRestored">Whether the database may have been restored to before the change: some changes happen only then.</param>
    /// <returns>True also where nothing changes.</returns>
    public bool Allows(TStatus from, TStatus to, bool wasRestored = true) =>
        EqualityComparer<TStatus>.Default.Equals(from, to) || (changes.Contains((from, to)) && (wasRestored || !IsAdoption(from, to)));

    /// <returns><paramref name="to"/>.</returns>
    /// <exception cref="IllegalTransitionException">The table does not list the change.</exception>
    public TStatus Require(TStatus from, TStatus to, object id) =>
        Allows(from, to)
            ? to
            : throw new IllegalTransitionException(
                $"The status of {Subject} {id} cannot change from {UpperSnakeCase.From(from)} to {UpperSnakeCase.From(to)}."
            );

    /// <summary>A state diagram, as docs/statuses.md shows it.</summary>
    public string ToMermaid()
    {
        var diagram = new StringBuilder("stateDiagram-v2\n");
        foreach (var (from, to, cause) in Transitions)
        {
            diagram.Append($"    {(from is { } f ? UpperSnakeCase.From(f) : "[*]")} --> {UpperSnakeCase.From(to)}: {cause}\n");
        }
        return diagram.ToString();
    }

    private bool IsAdoption(TStatus from, TStatus to) =>
        Transitions.Any(t => from.Equals(t.From) && to.Equals(t.To) && t.Cause == TransitionCause.AdoptedAfterRestore);
}

public static class TransitionCause
{
    /// <summary>Only where the database was restored to before it: the one way out of an end.</summary>
    public const string AdoptedAfterRestore = "found on chain after a restore";
}
