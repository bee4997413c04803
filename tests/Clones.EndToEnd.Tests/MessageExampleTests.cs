using System.Text.RegularExpressions;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>The programs of docs/messages.md for other services, run as they stand there.</summary>
[Collection<RunningSystemCollection>]
public sealed partial class MessageExampleTests(RunningSystem system)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_grading_service_in_Node_earns_a_reward_and_another_service_hears_of_it()
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        await EnsureModulesAsync(limit.Token);
        using var owner = await SignedInOwner.SignInAsync(system.ApiUrl, limit.Token);
        using var trainer = Account.Generate();
        using var http = new HttpClient();
        var chain = new SolanaRpcClient(http, system.Rpc);
        var asked = new
        {
            name = "Graded elsewhere",
            tokenSymbol = "SOL",
            pricePerDemo = "0.1",
        };
        var pool = await owner.PostAsync("/v1/pools", asked, null, limit.Token);
        await chain.RequestAirdropAsync(PublicKey.Parse(pool.GetProperty("depositAddress").GetString()!), 1_000_000_000, limit.Token);
        await UntilLiveAsync(owner, pool.GetProperty("id").GetGuid(), limit.Token);

        var trainerAddress = trainer.PublicKey.ToString();
        await using var other = Start("paid.mjs");
        await UntilSaidAsync(other, "waiting", limit.Token);
        await using var grading = Start("grade.mjs", $"{pool.GetProperty("id").GetGuid()}", trainerAddress);
        (await grading.WaitAsync(limit.Token)).ShouldBe(0, grading.Output);

        var line = await UntilSaidAsync(other, $"to {trainerAddress}", limit.Token);
        line.ShouldStartWith($"grading-4711: 82000000 base units to {trainerAddress} in ");
        (await chain.GetBalanceAsync(trainer.PublicKey, cancellationToken: limit.Token)).Value.ShouldBe(82_000_000ul);
    }

    /// <summary>Asks for its funds to be read, until they are final: the workers look by themselves only now and then.</summary>
    private static async Task UntilLiveAsync(SignedInOwner owner, Guid poolId, CancellationToken cancellationToken)
    {
        while (
            (await owner.PostAsync($"/v1/pools/{poolId}/refresh", new { }, null, cancellationToken)).GetProperty("status").GetString()
            != "LIVE"
        )
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Where it finds the packages that it imports.</summary>
    private LeashedProcess Start(string name, params string[] arguments)
    {
        var folder = Directory.CreateDirectory(Repository.PathOf("tests", "clients", "generated"));
        var file = Path.Combine(folder.FullName, name);
        var page = File.ReadAllText(Repository.PathOf("docs", "messages.md"));
        File.WriteAllText(file, Program().Matches(page).Single(m => m.Groups[1].Value == name).Groups[2].Value);
        var environment = new Dictionary<string, string?> { ["RABBITMQ_URL"] = system.VirtualHost.Amqp.ToString() };
        return LeashedProcess.Start(["node", file, .. arguments], environment);
    }

    private static async Task<string> UntilSaidAsync(LeashedProcess program, string text, CancellationToken cancellationToken)
    {
        await foreach (var line in program.LinesAsync(cancellationToken))
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }
        throw new InvalidOperationException($"It never said {text}:\n{program.Output}");
    }

    private static async Task EnsureModulesAsync(CancellationToken cancellationToken)
    {
        await using var install = LeashedProcess.Start([Repository.PathOf("clones"), "servers", "test", "modules"]);
        (await install.WaitAsync(cancellationToken)).ShouldBe(0, install.Output);
    }

    [GeneratedRegex("^```js\n// (\\S+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Program();
}
