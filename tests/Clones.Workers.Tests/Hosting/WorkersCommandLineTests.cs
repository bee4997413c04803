using System.Net.Http.Json;
using System.Text.Json;
using Clones.Hosting;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands;
using Clones.Workers.Commands.Errors;
using Clones.Workers.Commands.Keys;
using Clones.Workers.Commands.Tokens;
using Clones.Workers.Hosting;

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
    [InlineData("fence hodl", "fence")]
    [InlineData("keys status --help", "keys")]
    [InlineData("--help", "help")]
    [InlineData("-h", "help")]
    [InlineData("--urls=http://127.0.0.1:0 --help", "help")]
    [InlineData("migrate --help", "help")]
    [InlineData("check -h", "help")]
    [InlineData("migarte", "refused")]
    [InlineData("Migrate", "refused")]
    [InlineData("migrate now", "refused")]
    [InlineData("migrate --urls=http://127.0.0.1:0", "refused")]
    [InlineData("check twice", "refused")]
    [InlineData("help", "refused")]
    [InlineData("--halp", "refused")]
    [InlineData("--urls http://127.0.0.1:0", "refused")]
    [InlineData("--urls=http://127.0.0.1:0 fence hold", "refused")]
    [InlineData("--=x", "refused")]
    [InlineData("/urls=http://127.0.0.1:0", "refused")]
    [InlineData("-urls=x", "refused")]
    [InlineData("urls=x", "refused")]
    [InlineData("--", "refused")]
    public void Only_no_argument_or_settings_alone_start_the_workers(string line, string expected)
    {
        var request = WorkersCommandLine.Instance.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var seen = request switch
        {
            HostRequest.Serve => "serve",
            HostRequest.Help => "help",
            HostRequest.Refused => "refused",
            HostRequest.Run run => run.Verb,
            _ => throw new InvalidOperationException(),
        };
        seen.ShouldBe(expected);
    }

    [Fact]
    public void An_empty_argument_is_refused_too() => WorkersCommandLine.Instance.Parse([""]).ShouldBeOfType<HostRequest.Refused>();

    [Fact]
    public void Every_verb_that_is_listed_is_taken_by_one_command()
    {
        Func<string[], bool>[] commands =
        [
            Migration.IsAskedFor,
            StartCheck.IsAskedFor,
            ReconcileCommand.IsAskedFor,
            KeysCommand.IsAskedFor,
            ErrorsCommand.IsAskedFor,
            TokenCommand.IsAskedFor,
        ];

        WorkersCommandLine.Instance.Verbs.ShouldAllBe(verb => commands.Count(isAskedFor => isAskedFor(new[] { verb.Name })) == 1);
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
