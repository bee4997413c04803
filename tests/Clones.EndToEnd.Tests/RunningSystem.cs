using Clones.Testing;
using Clones.Testing.Growth;

namespace Clones.EndToEnd.Tests;

/// <summary>
/// The whole system on real parts: API and workers as processes, PostgreSQL, RabbitMQ, the local cluster, on a database with a long past. Started
/// once, and the main job run on it once, for every test to look at what it left.
/// </summary>
public sealed class RunningSystem : IAsyncLifetime
{
    /// <summary>Finality (32 slots) comes after 1.6 s, a blockhash lives 7.5 s.</summary>
    private const int SlotMs = 50;
    private static readonly TimeSpan MainJobLimit = TimeSpan.FromMinutes(4);
    private static readonly GrowthSize Past = new(Payments: 60_000, Wallets: 6_000, Agents: 6_000);

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbitMq = new();
    private readonly LocalnetFixture localnet = new();
    private readonly List<LeashedProcess> past = [];
    private readonly Dictionary<string, string?> common = [];
    private LeashedProcess? api;
    private LeashedProcess? workers;
    private Uri workersUrl = null!;
    private PlanLog plans = null!;

    /// <summary>How the main job ended, and what it showed.</summary>
    public (int ExitCode, string Output) MainJob { get; private set; }

    /// <summary>Whether the workers were killed, and started again, in the middle of its rewards.</summary>
    public bool WorkersDiedMeanwhile { get; private set; }

    public string Database { get; private set; } = null!;

    /// <summary>The same for the tests' own questions, which are none of the hosts' statements.</summary>
    public string UnloggedDatabase => PlanLog.Unlogged(Database);

    /// <summary>The first that is not of its past.</summary>
    public long FirstTransaction => plans.FirstTransaction;

    public TestVirtualHost VirtualHost { get; private set; } = null!;
    public RabbitMqFixture RabbitMq => rabbitMq;
    public Uri ApiUrl { get; private set; } = null!;
    public Uri Rpc { get; private set; } = null!;
    public string OperatorApiKey { get; } = Hosts.Secret();
    public string ServiceApiKey { get; } = Hosts.Secret();

    /// <summary>The master key of the deposit wallets, as the workers get it.</summary>
    public IReadOnlyDictionary<string, string?> KeyEncryption { get; } =
        new Dictionary<string, string?>
        {
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = Hosts.Secret(),
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = Hosts.Secret(),
        };

    /// <summary>All that the hosts have written, those that were killed included.</summary>
    public string Logs => string.Join('\n', past.Append(api).Append(workers).OfType<LeashedProcess>().Select(p => p.Output));

    public async ValueTask InitializeAsync()
    {
        Database = await postgres.CreateDatabaseAsync();
        VirtualHost = await rabbitMq.CreateVirtualHostAsync();
        Rpc = await localnet.StartAsync(SlotMs);
        common["ConnectionStrings__Clones"] = Database;
        common["RABBITMQ_URL"] = VirtualHost.Amqp.ToString();
        common["SOLANA_RPC_URLS"] = Rpc.ToString();
        common["LIQUIDITY_VENUE"] = "auto";
        common["ASPNETCORE_ENVIRONMENT"] = "Development";
        common["CLONES_WEBHOOK_SECRET"] = Hosts.Secret();
        common["Serilog__MinimumLevel__Default"] = "Debug";

        ApiUrl = FreePort.Url();
        workersUrl = FreePort.Url();
        await RunCommandAsync("migrate");
        await new GrownDatabase(Past).FillAsync(Database);
        plans = await PlanLog.StartAsync(Database);
        await Task.WhenAll(StartWorkersAsync(), StartApiAsync());
        await using var demo = StartDemo();
        using var patience = new CancellationTokenSource(MainJobLimit);
        try
        {
            await foreach (var line in demo.LinesAsync(patience.Token))
            {
                if (line.Contains("fresh wallets accepted"))
                {
                    await KillAndRestartWorkersAsync();
                    WorkersDiedMeanwhile = true;
                }
            }
            MainJob = (await demo.WaitAsync(patience.Token), demo.Output);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The main job did not end within {MainJobLimit}.\n{demo.Output}");
        }
    }

    /// <summary>How PostgreSQL has run every statement of the hosts so far.</summary>
    public Task<IReadOnlyList<LoggedPlan>> PlansAsync() => plans.ReadAsync();

    /// <summary>A command of the workers, run to its end.</summary>
    public async Task<string> RunCommandAsync(params string[] command)
    {
        await using var process = LeashedProcess.Start(["dotnet", Hosts.PathOf("Clones.Workers"), .. command], WorkersEnvironment());
        using var limit = new CancellationTokenSource(Hosts.ReadyLimit);
        (await process.WaitAsync(limit.Token)).ShouldBe(0, process.Output);
        return process.Output;
    }

    /// <summary>SIGKILL, then a new process.</summary>
    private async Task KillAndRestartWorkersAsync()
    {
        await workers!.KillAsync();
        past.Add(workers);
        await StartWorkersAsync();
    }

    /// <summary>The demo client, outside of the system.</summary>
    private LeashedProcess StartDemo() =>
        LeashedProcess.Start(
            ["dotnet", Hosts.DemoPath],
            new Dictionary<string, string?>(ClientEnvironment())
            {
                ["CLONES_OPERATOR_API_KEY"] = OperatorApiKey,
                ["CLONES_SERVICE_API_KEY"] = ServiceApiKey,
            }
        );

    /// <summary>What <c>./clones</c> tells a command that works with this system from outside.</summary>
    public IReadOnlyDictionary<string, string?> ClientEnvironment() =>
        new Dictionary<string, string?>(common) { ["CLONES_API_URL"] = ApiUrl.ToString() };

    public async ValueTask DisposeAsync()
    {
        foreach (var process in past.Append(api).Append(workers).OfType<LeashedProcess>())
        {
            await process.DisposeAsync();
        }
        await localnet.DisposeAsync();
        await rabbitMq.DisposeAsync();
        await postgres.DisposeAsync();
    }

    private async Task StartApiAsync()
    {
        var environment = new Dictionary<string, string?>(common)
        {
            ["ASPNETCORE_URLS"] = ApiUrl.ToString(),
            ["CLONES_AUTH_TOKEN_KEY"] = Hosts.Secret(),
            ["CLONES_OPERATOR_API_KEY"] = OperatorApiKey,
            ["CLONES_SERVICE_API_KEY"] = ServiceApiKey,
        };
        api = LeashedProcess.Start(["dotnet", Hosts.PathOf("Clones.Api")], environment);
        await Hosts.UntilReadyAsync(ApiUrl, api);
    }

    private async Task StartWorkersAsync()
    {
        workers = LeashedProcess.Start(["dotnet", Hosts.PathOf("Clones.Workers")], WorkersEnvironment());
        await Hosts.UntilReadyAsync(workersUrl, workers);
    }

    private Dictionary<string, string?> WorkersEnvironment() =>
        new(common.Concat(KeyEncryption)) { ["ASPNETCORE_URLS"] = workersUrl.ToString() };
}

/// <summary>Started once for all classes that look at it.</summary>
[CollectionDefinition]
[TestClassOrderer(typeof(LastInCollection))]
public sealed class RunningSystemCollection : ICollectionFixture<RunningSystem>;
