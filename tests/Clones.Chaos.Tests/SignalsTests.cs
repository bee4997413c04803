using System.Diagnostics;
using Clones.Chaos.Servers;

namespace Clones.Chaos.Tests;

public sealed class SignalsTests
{
    [Fact]
    public async Task Nobody_of_a_family_survives_that_forks_while_it_is_killed()
    {
        // As PostgreSQL does: children in sessions of their own, so that no signal to the group reaches them.
        var name = $"clones-forker-{Guid.NewGuid():N}";
        const string Forks = "for ((;;)); do setsid bash -c 'sleep 60; :' \"$0\" & sleep 0.002; done";
        using var forker = Process.Start(new ProcessStartInfo("bash", ["-c", Forks, name]))!;
        try
        {
            await UntilAsync(() => Named(name).Count > 20);

            var family = await Signals.FreezeFamilyAsync(forker.Id);
            await Signals.KillAsync(family);

            await UntilAsync(() => family.All(p => !Directory.Exists($"/proc/{p}")));
            Assert.Equal(forker.Id, family[0]);
            Assert.Empty(Named(name));
        }
        finally
        {
            await Signals.KillAsync(Named(name));
        }
    }

    [Fact]
    public async Task A_process_that_has_ended_has_no_family()
    {
        using var process = Process.Start("true");
        await process.WaitForExitAsync();

        Assert.Empty(await Signals.FreezeFamilyAsync(process.Id));
    }

    private static List<int> Named(string name) =>
        [
            .. Directory
                .EnumerateDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), out var id) ? id : 0)
                .Where(id => id > 0 && CommandLine(id).Contains(name, StringComparison.Ordinal)),
        ];

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        var began = Stopwatch.StartNew();
        while (!holds())
        {
            if (began.Elapsed > TimeSpan.FromSeconds(30))
            {
                throw new TimeoutException("It did not come true in 30 s.");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }
}
