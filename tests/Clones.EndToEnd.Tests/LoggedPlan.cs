using System.Text;
using System.Text.Json;

namespace Clones.EndToEnd.Tests;

/// <summary>One statement as <c>auto_explain</c> has logged it, with the rows that each step has read.</summary>
public sealed record LoggedPlan(string Statement, IReadOnlyList<PlanScan> Scans)
{
    private const string Begin = " plan:";

    public static async Task<IReadOnlyList<LoggedPlan>> ReadAsync(Stream log)
    {
        var plans = new List<LoggedPlan>();
        using var reader = new StreamReader(log);
        StringBuilder? json = null;
        while (await reader.ReadLineAsync() is { } line)
        {
            // The lines of one entry begin with a tab.
            if (json is not null && line.StartsWith('\t'))
            {
                json.AppendLine(line);
                continue;
            }
            if (json is not null)
            {
                plans.Add(Parse(json.ToString()));
            }
            json = line.Contains("LOG:  duration: ") && line.EndsWith(Begin) ? new StringBuilder() : null;
        }
        return plans;
    }

    private static LoggedPlan Parse(string json)
    {
        var plan = JsonElement.Parse(json);
        var scans = new List<PlanScan>();
        Collect(plan.GetProperty("Plan"), scans);
        return new LoggedPlan(plan.GetProperty("Query Text").GetString()!, scans);
    }

    private static void Collect(JsonElement node, List<PlanScan> scans)
    {
        if (node.TryGetProperty("Relation Name", out var table) && node.TryGetProperty("Actual Rows", out var rows))
        {
            var read = (rows.GetDouble() + Removed("Rows Removed by Filter") + Removed("Rows Removed by Index Recheck")) * Loops();
            scans.Add(new PlanScan(table.GetString()!, node.GetProperty("Node Type").GetString()!, read));
        }
        if (node.TryGetProperty("Plans", out var children))
        {
            foreach (var child in children.EnumerateArray())
            {
                Collect(child, scans);
            }
        }

        double Removed(string name) => node.TryGetProperty(name, out var removed) ? removed.GetDouble() : 0;

        double Loops() => node.TryGetProperty("Actual Loops", out var loops) ? loops.GetDouble() : 1;
    }
}

/// <param name="RowsRead">Those that a filter threw away, too.</param>
public sealed record PlanScan(string Table, string Node, double RowsRead);
