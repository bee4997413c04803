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
