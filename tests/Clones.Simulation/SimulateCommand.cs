namespace Clones.Simulation;

/// <summary>"./clones chaos --simulate N": as many histories as one likes, and how to replay the one that fails.</summary>
public static class SimulateCommand
{
    private const int Chunk = 20_000;
    private const int DeploymentChunk = 500;

    /// <param name="deployments">Of deployments, beside which there are few payments.</param>
    /// <returns>0 where every history kept every promise, else 1.</returns>
    public static int Run(int count, ulong firstSeed, bool deployments, TextWriter output)
    {
        Func<ulong, SeededBug?, History> run = deployments ? DeploymentHistory.Run : History.Run;
        var chunk = deployments ? DeploymentChunk : Chunk;
        var began = TimeProvider.System.GetTimestamp();
        var faults = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var simulated = TimeSpan.Zero;
        var done = 0;
        var failures = new List<History>();
        while (done < count && failures.Count == 0)
        {
            var part = Histories.Run(firstSeed + (ulong)done, Math.Min(chunk, count - done), run: run);
            done += part.Count;
            simulated += part.SimulatedTime;
            failures.AddRange(part.Failures);
            foreach (var (kind, times) in part.Faults.Concat(part.Crashes.Select(c => KeyValuePair.Create($"died at {c.Key}", c.Value))))
            {
                faults[kind] = faults.GetValueOrDefault(kind) + times;
            }
            output.WriteLine($"{done, 9} of {count} histories, {TimeProvider.System.GetElapsedTime(began):hh\\:mm\\:ss}");
        }

        output.WriteLine();
        foreach (var (kind, times) in faults)
        {
            output.WriteLine($"{kind, -28}{times, 9}");
        }
        foreach (var failure in failures)
        {
            output.WriteLine(
                $"seed {failure.Seed} (again: ./clones chaos --simulate 1 --seed {failure.Seed}{(deployments ? " --deployments" : "")})"
            );
            foreach (var finding in failure.Findings)
            {
                output.WriteLine($"  {finding}");
            }
        }
        output.WriteLine(
            $"{done} histories from seed {firstSeed}, {simulated.TotalDays:0.0} days of {(deployments ? "deployments" : "settlement")}: "
                + $"{failures.Count} broke a promise"
        );
        return failures.Count == 0 ? 0 : 1;
    }
}
