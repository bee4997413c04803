using System.Text.RegularExpressions;

namespace Clones.Custody.Import;

/// <summary>The fields of the old system that are not imported, counted over the file, so that nobody is surprised by what is missing.</summary>
internal sealed partial class IgnoredFields
{
    private const int NamesMax = 40;

    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private int others;

    /// <summary>
    /// A name that may be shown. Shorter than a key in any form (44 characters of base64 or base58 for a seed), should one stand in the place of a
    /// name.
    /// </summary>
    public static bool IsName(string name) => Name().IsMatch(name);

    public void Add(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            if (!IsName(name) || (counts.Count >= NamesMax && !counts.ContainsKey(name)))
            {
                others++;
            }
            else
            {
                counts[name] = counts.GetValueOrDefault(name) + 1;
            }
        }
    }

    /// <summary>For people, the most frequent first; null where every field was used.</summary>
    public override string? ToString()
    {
        var named = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key} ({c.Value})");
        string[] all = others == 0 ? [.. named] : [.. named, $"others ({others})"];
        return all.Length == 0 ? null : string.Join(", ", all);
    }

    [GeneratedRegex("^[A-Za-z_$][A-Za-z0-9_.$-]{0,31}$(?!\n)")]
    private static partial Regex Name();
}
