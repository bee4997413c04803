using System.Diagnostics;

namespace Clones.Testing;

/// <summary><c>./clones servers ..</c>: private servers, by the script that a person would use.</summary>
public static class ServersScript
{
    /// <returns>Its standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Repository.PathOf("clones"), ["servers", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var script = Process.Start(start)!;
        var errors = script.StandardError.ReadToEndAsync();
        var output = await script.StandardOutput.ReadToEndAsync();
        await script.WaitForExitAsync();
        return script.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"./clones servers {string.Join(' ', arguments)} failed:\n{await errors}");
    }

    /// <summary>Starts a set of servers, which end with this process.</summary>
    /// <param name="set">test or chaos.</param>
    /// <returns>Where they are, by the names of the variables that say so.</returns>
    public static async Task<Dictionary<string, string>> StartAsync(string set)
    {
        var output = await RunAsync(set, "start", $"{Environment.ProcessId}");
        return output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);
    }

    /// <summary>The first process of a server, of which its others came; it may be dead already.</summary>
    /// <param name="set">test, bench or chaos.</param>
    /// <param name="server">postgres or rabbitmq.</param>
    public static int ProcessOf(string set, string server) =>
        int.Parse(File.ReadAllText(Repository.PathOf(".local", set, "run", $"{server}.pid")).Split(' ')[0]);
}
