using System.Globalization;

namespace Clones.Testing;

/// <summary>A process and all that came of it, as Linux shows them.</summary>
public static class ProcessFamily
{
    /// <summary>Ticks a second in /proc: always this many for programs, whatever the kernel's own clock is.</summary>
    private const double TicksPerSecond = 100;

    /// <returns>Empty where it has ended.</returns>
    public static IReadOnlyList<int> ChildrenOf(int process)
    {
        try
        {
            return
            [
                .. Directory
                    .EnumerateDirectories($"/proc/{process}/task")
                    .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(int.Parse),
            ];
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return [];
        }
    }

    /// <summary>What the process and those that came of it have used so far, those included that have ended and were waited for.</summary>
    public static TimeSpan ProcessorTime(int process) =>
        ChildrenOf(process).Aggregate(OwnProcessorTime(process), (sum, child) => sum + ProcessorTime(child));

    /// <summary>Bytes that the process and those that came of it have in memory; what several share is counted once.</summary>
    public static long ResidentBytes(int process) =>
        ChildrenOf(process).Aggregate(OwnShare(process), (sum, child) => sum + ResidentBytes(child));

    private static long OwnShare(int process)
    {
        try
        {
            // "Pss:    1234 kB": each page divided by how many processes have it.
            var share = File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
            return 1_024 * long.Parse(share.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // It has ended, or is about to and has no memory any more.
            return 0;
        }
    }

    private static TimeSpan OwnProcessorTime(int process)
    {
        try
        {
            // The name in parentheses may hold spaces and parentheses. Behind it, from the 14th field on: user and system time, and both of children.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..15].Sum(t => long.Parse(t, CultureInfo.InvariantCulture));
            return TimeSpan.FromSeconds(ticks / TicksPerSecond);
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}
