using System.Collections.Concurrent;

namespace Clones.Chaos.Faults;

/// <summary>How often each kind of fault was really done.</summary>
internal sealed class FaultCounts
{
    private readonly ConcurrentDictionary<string, int> counts = new();

    public void Note(string kind, int times = 1) => counts.AddOrUpdate(kind, times, (_, before) => before + times);

    public IReadOnlyList<(string Kind, int Times)> Counts =>
        [.. counts.Select(c => (c.Key, c.Value)).OrderBy(c => c.Key, StringComparer.Ordinal)];

    /// <summary>Processes that died, by a signal from outside or at a crash point.</summary>
    public int Deaths =>
        counts.Where(c => c.Key.EndsWith(" killed", StringComparison.Ordinal) || c.Key.Contains(" died at ")).Sum(c => c.Value);
}
