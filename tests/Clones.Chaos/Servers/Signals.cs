using System.Diagnostics;

namespace Clones.Chaos.Servers;

/// <summary>Signals to processes that this run has started, by number.</summary>
internal static class Signals
{
    public static Task KillAsync(IEnumerable<int> processes) => SendAsync("KILL", processes);

    public static Task FreezeAsync(IEnumerable<int> processes) => SendAsync("STOP", processes);

    public static Task ThawAsync(IEnumerable<int> processes) => SendAsync("CONT", processes);

    /// <summary>A process and all that came of it, itself first.</summary>
    public static IReadOnlyList<int> FamilyOf(int process)
    {
        try
        {
            var children = Directory
                .EnumerateDirectories($"/proc/{process}/task")
                .SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(int.Parse)
                .Distinct();
            return [process, .. children.SelectMany(FamilyOf)];
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return [];
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
