using System.Diagnostics;
using Clones.Testing;

namespace Clones.Chaos.Servers;

/// <summary>Signals to processes that this run has started, by number.</summary>
internal static class Signals
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    public static Task KillAsync(IEnumerable<int> processes) => SendAsync("KILL", processes);

    public static Task FreezeAsync(IEnumerable<int> processes) => SendAsync("STOP", processes);

    public static Task ThawAsync(IEnumerable<int> processes) => SendAsync("CONT", processes);

    /// <summary>
    /// Freezes a process and all that came of it, each before its children are counted: one that was forked between
    /// the count and a kill would survive it, and a PostgreSQL backend that then waits for a lock of the dead never ends,
    /// so that the server cannot start again.
    /// </summary>
    /// <returns>All of them, the first process first; empty where it has ended already.</returns>
    public static async Task<IReadOnlyList<int>> FreezeFamilyAsync(int process)
    {
        var family = new List<int>();
        IReadOnlyList<int> generation = Directory.Exists($"/proc/{process}") ? [process] : [];
        while (generation.Count > 0)
        {
            await FreezeAsync(generation);
            // One that waits for a disk stops later than this, and forks as little meanwhile.
            await UntilStoppedAsync(generation);
            family.AddRange(generation);
            generation = [.. generation.SelectMany(ProcessFamily.ChildrenOf).Distinct()];
        }
        return family;
    }

    private static async Task UntilStoppedAsync(IReadOnlyList<int> processes)
    {
        var began = Stopwatch.StartNew();
        while (!processes.All(HasStopped) && began.Elapsed < StopLimit)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    private static bool HasStopped(int process)
    {
        try
        {
            // The name in parentheses may hold spaces and parentheses; the state is the letter behind it.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'T' or 'Z' or 'X';
        }
        catch (IOException)
        {
            // It has ended.
            return true;
        }
    }

    private static async Task SendAsync(string signal, IEnumerable<int> processes)
    {
        var arguments = processes.Select(p => $"{p}").Prepend($"-{signal}").ToList();
        if (arguments.Count == 1)
        {
            return;
        }
        // Who has ended meanwhile makes "kill" complain, which does not matter.
        using var kill = Process.Start(new ProcessStartInfo("kill", arguments) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }
}
