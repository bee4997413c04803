using System.Text.RegularExpressions;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>The commands that the page /docs shows, pasted into a shell as they stand there.</summary>
[Collection<RunningSystemCollection>]
public sealed partial class WalkthroughTests(RunningSystem system)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    // In the place of ./clones, which knows only the system of this folder: the same programs, told of the one under test.
    private const string Clones = """
        #!/usr/bin/env bash
        case $1 in
          wallet) CLONES_OWNER_KEYPAIR=${CLONES_OWNER_KEYPAIR:-$PWD/owner.json} exec dotnet "$DEMO" "$@" ;;
          *) exec dotnet "$WORKERS" "$@" ;;
        esac
        """;

    [Fact]
    public async Task Every_command_of_the_walkthrough_does_what_the_page_says()
    {
        var folder = Directory.CreateTempSubdirectory("walkthrough");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "clones"), Clones);
            File.WriteAllText(Path.Combine(folder.FullName, ".env"), $"CLONES_API_PORT={system.ApiUrl.Port}\n");
            var page = File.ReadAllText(Repository.PathOf("src", "Clones.Api", "Documentation", "walkthrough.md"));
            var script = string.Join('\n', Block().Matches(page).Select(m => m.Groups[1].Value));
            var environment = new Dictionary<string, string?>(system.ClientEnvironment())
            {
                ["DEMO"] = Hosts.DemoPath,
                ["WORKERS"] = Hosts.PathOf("Clones.Workers"),
                ["CLONES_DEV_KEYPAIR"] = Path.Combine(folder.FullName, "dev.json"),
            };

            await using var shell = LeashedProcess.Start(
                ["bash", "-c", "cd \"$1\" && chmod u+x clones && set -eo pipefail && eval \"$2\"", "bash", folder.FullName, script],
                environment
            );
            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            (await shell.WaitAsync(limit.Token)).ShouldBe(0, shell.Output);

            var lines = shell.Output.Split('\n');
            foreach (var status in (string[])["LIVE", "COMPLETED", "PENDING_TOKEN_SIGNATURE", "SUBMITTED", "TOKEN_CREATED", "DEPLOYED"])
            {
                lines.ShouldContain(status, shell.Output);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
