using System.Text.RegularExpressions;
using Clones.Testing;

namespace Clones.Lifecycle.Tests;

/// <param name="From">Null for [*].</param>
/// <param name="Event">Null where the diagram names none.</param>
/// <param name="To">Null for [*].</param>
internal sealed record DiagramArrow(string? From, string? Event, string? To, string? Condition);

/// <summary>The specification as its author wrote it, parsed: what the tests expect comes from here and not from the code under test.</summary>
internal static partial class LifecycleDiagram
{
    public static IReadOnlyList<DiagramArrow> Arrows { get; } =
    [
        .. File.ReadAllLines(Repository.PathOf("tests", "Clones.Lifecycle.Tests", "lifecycle.diagram.txt"))
            .Where(line => line.Length > 0)
            .SelectMany(Parse),
    ];

    /// <summary>Where the event leads, or null where it is to be rejected.</summary>
    public static string? Target(string status, string @event, bool tokenExists) =>
        Arrows
            .SingleOrDefault(a =>
                a.From == status
                && a.Event == @event
                && a.Condition switch
                {
                    null => true,
                    "if no token" => !tokenExists,
                    "if token exists" => tokenExists,
                    var other => throw new FormatException($"The diagram has a condition that these tests do not know: {other}"),
                }
            )
            ?.To;

    private static IEnumerable<DiagramArrow> Parse(string line)
    {
        var match = Line().Match(line);
        if (!match.Success)
        {
            throw new FormatException($"Not a line of the diagram: {line}");
        }

        var condition = match.Groups["condition"] is { Success: true } group ? group.Value : null;
        string?[] events = match.Groups["events"] is { Success: true } named ? [.. named.Value.Split(" / ")] : [null];
        return events.Select(e => new DiagramArrow(Status(match, "from"), e, Status(match, "to"), condition));
    }

    private static string? Status(Match match, string group) => match.Groups[group].Value == "[*]" ? null : match.Groups[group].Value;

    [GeneratedRegex(
        @"^(?<from>\[\*\]|[A-Z_]+) -> (?<to>\[\*\]|[A-Z_]+)(: (?<events>[A-Z_]+( / [A-Z_]+)*)( \((?<condition>[a-z ]+)\))?)?$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Line();
}
