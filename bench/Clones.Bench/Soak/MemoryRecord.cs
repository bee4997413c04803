using Clones.Bench.Servers;
using Clones.Testing;

namespace Clones.Bench.Soak;

/// <summary>What the processes of a system have in memory, read every few seconds.</summary>
internal sealed class MemoryRecord(BenchmarkSystem system)
{
    private const double Megabyte = 1_000_000;

    private readonly List<Sample> samples = [];

    public IEnumerable<string> Processes => samples[0].Megabytes.Keys;

    public async Task ReadAsync(TimeSpan every, TimeSpan length)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(every);
        for (var at = TimeSpan.Zero; at < length; at = TimeProvider.System.GetElapsedTime(began))
        {
            samples.Add(new Sample(at.TotalMinutes, Megabytes()));
            await timer.WaitForNextTickAsync();
        }
    }

    /// <returns>The mean of each minute of the load, from the first on.</returns>
    public IReadOnlyList<double> ByMinute(string process) =>
        [.. samples.GroupBy(s => (int)s.Minute).OrderBy(m => m.Key).Select(m => m.Average(s => s.Megabytes[process]))];

    public double Most(string process) => samples.Max(s => s.Megabytes[process]);

    /// <returns>Megabytes a minute: of the straight line that is nearest to the samples of the last two thirds.</returns>
    public double Slope(string process)
    {
        var late = samples.Where(s => s.Minute >= samples[^1].Minute / 3).ToList();
        var (minute, megabytes) = (late.Average(s => s.Minute), late.Average(s => s.Megabytes[process]));
        var spread = late.Sum(s => (s.Minute - minute) * (s.Minute - minute));
        return spread > 0 ? late.Sum(s => (s.Minute - minute) * (s.Megabytes[process] - megabytes)) / spread : 0;
    }

    private Dictionary<string, double> Megabytes() =>
        new Dictionary<string, double>
        {
            ["api"] = Memory.Of(system.ApiProcesses).Megabytes,
            ["workers"] = Memory.Of(system.WorkerProcesses).Megabytes,
        }
            .Concat(BenchmarkServers.Processes().ToDictionary(p => p.Key, p => ProcessFamily.ResidentBytes(p.Value) / Megabyte))
            .ToDictionary();

    private sealed record Sample(double Minute, IReadOnlyDictionary<string, double> Megabytes);
}
