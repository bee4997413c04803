using System.Collections.Concurrent;

namespace Clones.Simulation;

/// <summary>Many histories, as many at once as there are cores.</summary>
internal sealed record Histories(
    int Count,
    IReadOnlyList<History> Failures,
    IReadOnlyDictionary<string, int> Faults,
    IReadOnlyDictionary<string, int> Crashes,
    TimeSpan SimulatedTime
)
{
    /// <param name="firstSeed">The histories have the seeds from here on.</param>
    /// <param name="count">How many.</param>
    /// <param name="plant">A bug to be found; null for the code as it is.</param>
    /// <param name="run">Which kind; null for payments.</param>
    /// <param name="failuresMax">Stop when so many have failed.</param>
    /// <param name="progress">Is told how many are done, now and then.</param>
    public static Histories Run(
        ulong firstSeed,
        int count,
        SeededBug? plant = null,
        int failuresMax = 10,
        Action<int>? progress = null,
        Func<ulong, SeededBug?, History>? run = null
    )
    {
        run ??= History.Run;
        var failures = new ConcurrentBag<History>();
        var faults = new ConcurrentDictionary<string, int>();
        var crashes = new ConcurrentDictionary<string, int>();
        long simulated = 0;
        var done = 0;
        Parallel.For(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (i, loop) =>
            {
                var history = run(firstSeed + (ulong)i, plant);
                Interlocked.Add(ref simulated, history.Milliseconds);
                Add(faults, history.Faults);
                Add(crashes, history.Crashes);
                if (history.Findings.Count > 0)
                {
                    failures.Add(history);
                    if (failures.Count >= failuresMax)
                    {
                        loop.Stop();
                    }
                }
                if (Interlocked.Increment(ref done) is var n && n % 1_000 == 0)
                {
                    progress?.Invoke(n);
                }
            }
        );
        return new Histories(done, [.. failures.OrderBy(f => f.Seed)], faults, crashes, TimeSpan.FromMilliseconds(simulated));
    }

    private static void Add(ConcurrentDictionary<string, int> sum, IReadOnlyDictionary<string, int> counts)
    {
        foreach (var (kind, count) in counts)
        {
            sum.AddOrUpdate(kind, count, (_, before) => before + count);
        }
    }
}
