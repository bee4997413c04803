using System.Text.RegularExpressions;

namespace Clones.Workers.Commands.Errors;

/// <summary>Reasons counted, with those taken for one that differ only in the ids, addresses and numbers they name.</summary>
internal sealed partial class ReasonGroups
{
    private readonly Dictionary<string, (string First, int Count)> groups = new(StringComparer.Ordinal);

    public void Add(string reason)
    {
        var key = Particular().Replace(reason, "*");
        var (first, count) = groups.GetValueOrDefault(key, (reason, 0));
        groups[key] = (first == reason ? first : key, count + 1);
    }

    /// <summary>The most frequent first; a reason that always said the same is shown as it was, others with a star for what differed.</summary>
    public IEnumerable<(string Reason, int Count)> MostFrequent() =>
        groups.Values.OrderByDescending(g => g.Count).ThenBy(g => g.First, StringComparer.Ordinal).Select(g => (g.First, g.Count));

    // A UUID; an address or signature in base58; a number.
    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[1-9A-HJ-NP-Za-km-z]{32,88}|[0-9]+")]
    private static partial Regex Particular();
}
