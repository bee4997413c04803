namespace Clones.Simulation;

/// <summary>Many histories, as many at once as there are cores. What comes of them does not depend on how many that are.</summary>
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
    /// <param name="failuresMax">Stop when so many have failed: the histories behind the last of these count for nothing.</param>
    /// <param name="run">Which kind; null for payments.</param>
    /// <param name="threads">Each history stays on one of them.</param>
    public static Histories Run(
        ulong firstSeed,
        int count,
        SeededBug? plant = null,
        int failuresMax = 10,
        Func<ulong, SeededBug?, History>? run = null,
        int? threads = null
    )
    {
        run ??= History.Run;
        var failures = new List<History>();
        var faults = new Dictionary<string, int>();
        var crashes = new Dictionary<string, int>();
        long simulated = 0;
        var (taken, done) = (-1, 0);
        // Those that have ended before one of a lower seed: all are counted in the order of their seeds.
        var waiting = new Dictionary<int, History>();
        Parallel.For(
            0,
            threads ?? Environment.ProcessorCount,
            new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount },
            _ =>
            {
                while (Interlocked.Increment(ref taken) is var i && i < count)
                {
                    var ended = run(firstSeed + (ulong)i, plant);
                    lock (waiting)
                    {
                        waiting.Add(i, ended);
                        while (failures.Count < failuresMax && waiting.Remove(done, out var history))
                        {
                            Add(history);
                        }
                        if (failures.Count >= failuresMax)
                        {
                            return;
                        }
                    }
                }
            }
        );
        return new Histories(done, failures, faults, crashes, TimeSpan.FromMilliseconds(simulated));

        void Add(History history)
        {
            done++;
            simulated += history.Milliseconds;
            AddTo(faults, history.Faults);
            AddTo(crashes, history.Crashes);
            if (history.Findings.Count > 0)
            {
                failures.Add(history);
            }
        }
    }

    private static void AddTo(Dictionary<string, int> sum, IReadOnlyDictionary<string, int> counts)
    {
        foreach (var (kind, count) in counts)
        {
            sum[kind] = sum.GetValueOrDefault(kind) + count;
        }
    }
}
