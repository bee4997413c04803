using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>
/// The whole system on real parts: API and workers as processes, PostgreSQL, RabbitMQ, the local cluster. Started once, and the main job
/// run on it once, for every test to look at what it left.
/// </summary>
public sealed class RunningSystem : IAsyncLifetime
{
    /// <summary>Finality (32 slots) comes after 3.2 s, a blockhash lives 15 s.</summary>
    private const int SlotMs = 100;
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MainJobLimit = TimeSpan.FromMinutes(4);

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbitMq = new();
    private readonly LocalnetFixture localnet = new();
    private readonly List<LeashedProcess> past = [];
    private readonly Dictionary<string, string?> common = [];
    private LeashedProcess? api;
    private LeashedProcess? workers;
    private Uri workersUrl = null!;

    /// <summary>How the main job ended, and what it showed.</summary>
    public (int ExitCode, string Output) MainJob { get; private set; }

    public string Database { get; private set; } = null!;
    public TestVirtualHost VirtualHost { get; private set; } = null!;
    public RabbitMqFixture RabbitMq => rabbitMq;
    public Uri ApiUrl { get; private set; } = null!;
    public Uri Rpc { get; private set; } = null!;
    public string OperatorApiKey { get; } = Secret();
    public string ServiceApiKey { get; } = Secret();

    /// <summary>The master key of the deposit wallets, as the workers get it.</summary>
    public IReadOnlyDictionary<string, string?> KeyEncryption { get; } =
        new Dictionary<string, string?> { ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = Secret(), ["DEPOSIT_KEY_ENCRYPTION_SALT"] = Secret() };

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
        common["Serilog__MinimumLevel__Default"] = "Debug";

        ApiUrl = FreeUrl();
        workersUrl = FreeUrl();
        await using (var migration = LeashedProcess.Start(["dotnet", HostPath("Clones.Workers"), "migrate"], WorkersEnvironment()))
        {
            using var limit = new CancellationTokenSource(ReadyLimit);
            (await migration.WaitAsync(limit.Token)).ShouldBe(0, migration.Output);
        }

        await Task.WhenAll(StartWorkersAsync(), StartApiAsync());
        await using var demo = StartDemo();
        using var patience = new CancellationTokenSource(MainJobLimit);
        MainJob = (await demo.WaitAsync(patience.Token), demo.Output);
    }

    /// <summary>SIGKILL, then a new process.</summary>
    public async Task KillAndRestartWorkersAsync()
    {
        await workers!.KillAsync();
        past.Add(workers);
        await StartWorkersAsync();
    }

    /// <summary>The demo client, outside of the system.</summary>
    public LeashedProcess StartDemo() =>
        LeashedProcess.Start(
            ["dotnet", Repository.PathOf("tools", "Clones.Demo", "bin", Configuration, "net10.0", "Clones.Demo.dll")],
            new Dictionary<string, string?>(common)
            {
                ["CLONES_API_URL"] = ApiUrl.ToString(),
                ["CLONES_OPERATOR_API_KEY"] = OperatorApiKey,
                ["CLONES_SERVICE_API_KEY"] = ServiceApiKey,
            }
        );

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

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private async Task StartApiAsync()
    {
        var environment = new Dictionary<string, string?>(common)
        {
            ["ASPNETCORE_URLS"] = ApiUrl.ToString(),
            ["CLONES_AUTH_TOKEN_KEY"] = Secret(),
            ["CLONES_OPERATOR_API_KEY"] = OperatorApiKey,
            ["CLONES_SERVICE_API_KEY"] = ServiceApiKey,
        };
        api = LeashedProcess.Start(["dotnet", HostPath("Clones.Api")], environment);
        await UntilReadyAsync(ApiUrl, api);
    }

    private async Task StartWorkersAsync()
    {
        workers = LeashedProcess.Start(["dotnet", HostPath("Clones.Workers")], WorkersEnvironment());
        await UntilReadyAsync(workersUrl, workers);
    }

    private Dictionary<string, string?> WorkersEnvironment() =>
        new(common.Concat(KeyEncryption)) { ["ASPNETCORE_URLS"] = workersUrl.ToString() };

    private static string HostPath(string host) => Repository.PathOf("src", host, "bin", Configuration, "net10.0", $"{host}.dll");

    private static async Task UntilReadyAsync(Uri url, LeashedProcess process)
    {
        using var http = new HttpClient { BaseAddress = url };
        using var limit = new CancellationTokenSource(ReadyLimit);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready", limit.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The host did not start:\n{process.Output}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, limit.Token);
        }
    }

    private static Uri FreeUrl()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
