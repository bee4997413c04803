using System.CommandLine.Help;
using System.Net.Http.Json;
using System.Text.Json;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Tests.Commands;

namespace Clones.Workers.Tests.Hosting;

public sealed class WorkersCommandLineTests
{
    [Theory]
    [InlineData("", "serve")]
    [InlineData("--urls=http://127.0.0.1:0", "serve")]
    [InlineData("--Serilog:MinimumLevel:Default=Debug --environment=Development", "serve")]
    [InlineData("migrate", "migrate")]
    [InlineData("check", "check")]
    [InlineData("reconcile", "reconcile")]
    [InlineData("fence hodl", "rejected")]
    [InlineData("fence hold @reason", "hold")]
    [InlineData("keys status --help", "help")]
    [InlineData("--help", "help")]
    [InlineData("-h", "help")]
    [InlineData("--urls=http://127.0.0.1:0 --help", "help")]
    [InlineData("migrate --help", "help")]
    [InlineData("check -h", "help")]
    [InlineData("migarte", "rejected")]
    [InlineData("Migrate", "rejected")]
    [InlineData("migrate now", "rejected")]
    [InlineData("migrate --urls=http://127.0.0.1:0", "rejected")]
    [InlineData("check twice", "rejected")]
    [InlineData("help", "rejected")]
    [InlineData("--halp", "rejected")]
    [InlineData("--urls http://127.0.0.1:0", "rejected")]
    [InlineData("--urls=http://127.0.0.1:0 fence hold", "rejected")]
    [InlineData("--=x", "rejected")]
    [InlineData("/urls=http://127.0.0.1:0", "rejected")]
    [InlineData("-urls=x", "rejected")]
    [InlineData("urls=x", "rejected")]
    [InlineData("--", "rejected")]
    public void Only_no_argument_or_settings_alone_start_the_workers(string line, string expected)
    {
        var (parsed, errors) = TestCommands.Create().Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var seen =
            errors.Count > 0 ? "rejected"
            : parsed.Action is HelpAction ? "help"
            : parsed.CommandResult.Parent is null ? "serve"
            : parsed.CommandResult.Command.Name;
        seen.ShouldBe(expected);
    }

    [Fact]
    public void An_empty_argument_is_rejected_too() => TestCommands.Create().Parse([""]).Errors.ShouldNotBeEmpty();

    [Fact]
    public void Every_verb_that_is_listed_is_taken_by_one_command()
    {
        var verbs = TestCommands.Create().Verbs.Select(v => v.Command).ToList();

        verbs.ShouldAllBe(verb => verb.Action != null || verb.Subcommands.All(c => c.Action != null));
        var documented = File.ReadLines(Repository.PathOf("docs", "commands.md"))
            .Single(l => l.StartsWith("| workers | ", StringComparison.Ordinal));
        verbs.Select(verb => $"`{verb.Name}`").ShouldBe(documented.Split('|')[2].Trim().Split(", "), ignoreOrder: true);
    }

    [Theory]
    [InlineData("migarte", "Unknown argument \"migarte\".")]
    [InlineData("fence hodl", "usage: reconcile | fence status | fence raise REASON")]
    [InlineData("fence hold", "REASON is missing")]
    [InlineData("fence raise --held", "REASON is missing")]
    [InlineData("fence", "usage: reconcile | fence status")]
    [InlineData("reconcile all", "usage: reconcile | fence status")]
    [InlineData("keys stauts", "usage: ./clones keys")]
    [InlineData("keys", "usage: ./clones keys")]
    [InlineData("errors lits", "usage: ./clones errors")]
    [InlineData("errors", "usage: ./clones errors")]
    [InlineData("errors show", "usage: ./clones errors")]
    [InlineData("errors replay submission-graded", "QUEUE must be the name of an error queue")]
    [InlineData("token crate", "usage: token")]
    [InlineData("token", "usage: token")]
    [InlineData("airdrop --so 1", "usage: token")]
    public async Task What_is_mistyped_ends_with_2_and_the_usage_and_starts_no_worker(string line, string told)
    {
        await using var rabbit = new RabbitMqFixture();
        await using var postgres = new PostgresFixture();
        var broker = await rabbit.CreateVirtualHostAsync();
        // All that a worker needs to start.
        var environment = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Clones"] = await MigratedDatabase.CreateAsync(postgres),
            ["RABBITMQ_URL"] = broker.Amqp.ToString(),
            ["SOLANA_RPC_URLS"] = "http://127.0.0.1:1",
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = TestKeys.Secret,
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = TestKeys.Salt,
            ["CLONES_WEBHOOK_SECRET"] = "webhook-secret-of-the-tests-0123456789abcdef",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
        };

        var (code, output) = await RunAsync(environment, line.Split(' '));

        code.ShouldBe(2, output);
        output.ShouldContain(told);
        output.ShouldNotContain("Now listening");
        var queues = await (await rabbit.ManagementAsync()).GetFromJsonAsync<JsonElement>(
            $"queues/{broker.Name}",
            TestContext.Current.CancellationToken
        );
        queues.GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("--help", "migrate")]
    [InlineData("-h", "fence")]
    [InlineData("migrate --help", "migrate")]
    [InlineData("reconcile --help", "fence hold REASON")]
    [InlineData("fence --help", "fence hold REASON")]
    [InlineData("fence raise --help", "fence hold REASON")]
    [InlineData("keys --help", "sweep")]
    [InlineData("errors --help", "replay")]
    [InlineData("errors replay --help", "--message")]
    [InlineData("token --help", "mint")]
    [InlineData("airdrop --help", "--sol")]
    [InlineData("--version", ".")]
    public async Task Help_needs_no_settings(string line, string told)
    {
        var nothing = new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = "nowhere" };

        var (code, output) = await RunAsync(nothing, line.Split(' '));

        code.ShouldBe(0, output);
        output.ShouldContain(told);
    }

    private static async Task<(int Code, string Output)> RunAsync(IReadOnlyDictionary<string, string?> environment, string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        await using var workers = LeashedProcess.Start(
            ["dotnet", Repository.PathOf("src", "Clones.Workers", "bin", configuration, "net10.0", "Clones.Workers.dll"), .. arguments],
            environment
        );
        var code = await workers
            .WaitAsync(TestContext.Current.CancellationToken)
            .OrGiveUpAsync("the process to end by itself", TestContext.Current.CancellationToken);
        return (code, workers.Output);
    }
}
