using System.Text;

namespace Clones.Contracts.Agents;

/// <summary>A Mermaid stateDiagram-v2, without fences.</summary>
public static class LifecycleMermaid
{
    /// <param name="graph">What is drawn.</param>
    /// <param name="visited">Statuses that are marked, and <paramref name="current"/> more so. Arrows cannot be: Mermaid styles states alone.</param>
    /// <param name="current">Null where no agent's path is marked.</param>
    public static string Draw(AgentLifecycleGraph graph, IReadOnlyCollection<string>? visited = null, string? current = null)
    {
        var drawing = new StringBuilder("stateDiagram-v2\n");
        foreach (var transition in graph.Transitions)
        {
            var condition = transition.Condition is null ? "" : $" ({transition.Condition})";
            drawing.Append($"    {transition.From ?? "[*]"} --> {transition.To}: {transition.Event}{condition}\n");
        }
        foreach (var end in graph.Ends())
        {
            drawing.Append($"    {end} --> [*]\n");
        }

        if (current is null)
        {
            return drawing.ToString();
        }

        drawing.Append("    classDef visited fill:#dbeafe,stroke:#1d4ed8\n");
        drawing.Append("    classDef current fill:#1d4ed8,stroke:#1e3a8a,color:#ffffff\n");
        foreach (var status in graph.Statuses.Where(s => s != current && visited?.Contains(s) == true))
        {
            drawing.Append($"    class {status} visited\n");
        }

        return drawing.Append($"    class {current} current\n").ToString();
    }
}
