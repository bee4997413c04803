using System.Security.Cryptography;
using Clones.Chaos.Faults;
using Clones.Client;
using Clones.Testing;

namespace Clones.Chaos.Servers;

/// <summary>The whole system on real parts: an API, several workers, PostgreSQL, RabbitMQ, and a cluster of three nodes.</summary>
internal sealed class ChaosSystem(ChaosPlan plan, FaultCounts tally, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    /// <summary>After the faults all that piled up is served at once, and a host that starts beside it on two cores gets little of them.</summary>
    public static readonly TimeSpan StartAmidWorkLimit = TimeSpan.FromMinutes(10);

    private readonly string serviceKey = Secret();
    private readonly string operatorKey = Secret();
    private readonly List<ChaosHost> workers = [];
    private ChaosHost api = null!;
    private Dictionary<string, string?> secretless = [];

    public HostileCluster Cluster { get; } = new();

    public string Database { get; private set; } = null!;

    public Uri VirtualHost { get; private set; } = null!;

    /// <summary>Folder of the hosts' logs.</summary>
    public string Logs { get; } = Repository.PathOf(".local", "chaos", "logs", $"run-{plan.Seed}");

    /// <summary>Whoever uses these decides by themselves what is tried again: the client does not.</summary>
    public ClonesClient Service => ClientFor(ClonesCredentials.ApiKey(serviceKey));

    public ClonesClient Operator => ClientFor(ClonesCredentials.ApiKey(operatorKey));

    public ClonesClient ClientFor(ClonesCredentials credentials) =>
        new(
            new ClonesClientOptions
            {
                BaseAddress = api.Url,
                Credentials = credentials,
                RetriesMax = 0,
                TryTimeout = TimeSpan.FromSeconds(45),
            }
        );

    public async Task StartAsync()
    {
        if (Directory.Exists(Logs))
        {
            Directory.Delete(Logs, recursive: true);
        }
        Directory.CreateDirectory(Logs);
        var starting = Cluster.StartAsync();
        var servers = await ChaosServers.StartAsync();
        Database = await servers.CreateDatabaseAsync("chaos");
        VirtualHost = await servers.CreateVirtualHostAsync("chaos");
        await starting;

        var common = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Clones"] = Database,
            ["RABBITMQ_URL"] = VirtualHost.ToString(),
            ["SOLANA_RPC_URLS"] = string.Join(',', Cluster.Urls),
            ["LIQUIDITY_VENUE"] = "local",
            ["CLONES_WEBHOOK_SECRET"] = Secret(),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
        };
        var keys = new Dictionary<string, string?>(common)
        {
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = Secret(),
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = Secret(),
        };
        secretless = common;
        await MigrateAsync(keys);
        for (var i = 0; i < plan.Workers; i++)
        {
            workers.Add(Host("worker", $"worker-{i + 1}", "Clones.Workers", keys));
        }
        api = Host(
            "api",
            "api",
            "Clones.Api",
            new Dictionary<string, string?>(common)
            {
                ["CLONES_AUTH_TOKEN_KEY"] = Secret(),
                ["CLONES_OPERATOR_API_KEY"] = operatorKey,
                ["CLONES_SERVICE_API_KEY"] = serviceKey,
                // A crowd of clients with one key: what is to be tried here lies behind the limits.
                ["CLONES_RATE_LIMIT_KEY"] = "0",
            }
        );
        foreach (var host in Hosts)
        {
            host.Start();
        }
        await UntilReadyAsync(StartLimit);
    }

    /// <summary>Waits until every host answers, its database and broker too.</summary>
    public async Task UntilReadyAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience, time);
        try
        {
            await Task.WhenAll(Hosts.Select(h => h.UntilReadyAsync(limit.Token)));
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException(
                $"Not every host is ready after {patience}; the logs are in {Logs}.\n{string.Join('\n', Hosts.Select(h => h.State))}"
            );
        }
    }

    /// <summary>Does one deed, and undoes what has to be undone: a server that was killed is started again before this returns.</summary>
    public async Task DoAsync(PlannedFault deed, CancellationToken cancellationToken)
    {
        switch (deed.FaultTarget)
        {
            case FaultTarget.Worker or FaultTarget.Api:
                var host = deed.FaultTarget == FaultTarget.Api ? api : workers[deed.Index];
                await (deed.IsFreeze ? host.FreezeAsync(deed, cancellationToken) : host.KillAsync(deed));
                break;
            default:
                var family = await Signals.FreezeFamilyAsync(
                    ServersScript.ProcessOf("chaos", deed.FaultTarget == FaultTarget.Database ? "postgres" : "rabbitmq")
                );
                if (!deed.IsFreeze)
                {
                    await Signals.KillAsync(family);
                }
                tally.Note(deed.Kind);
                await Task.Delay(deed.IsFreeze ? deed.FrozenFor : deed.DownFor, time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await (deed.IsFreeze ? Signals.ThawAsync(family) : ChaosServers.StartAgainAsync());
                break;
        }
    }

    /// <summary>The system's own comparison of its database with the chain.</summary>
    /// <returns>Its exit code, 0 where they are equal, and what it said.</returns>
    public Task<(int Code, string Said)> ReconcileAsync(CancellationToken cancellationToken) => RunAsync(["reconcile"], cancellationToken);

    /// <summary>The log of the keys: an unbroken chain, and one opening for each signature.</summary>
    /// <returns>Its exit code, 0 where that is so, and what it said.</returns>
    public Task<(int Code, string Said)> AuditKeysAsync(CancellationToken cancellationToken) =>
        RunAsync(["keys", "audit"], cancellationToken);

    private async Task<(int Code, string Said)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        await using var command = LeashedProcess.Start(["dotnet", HostPath("Clones.Workers"), .. arguments], secretless);
        return (await command.WaitAsync(cancellationToken), command.Output);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Hosts)
        {
            await host.DisposeAsync();
        }
        await Cluster.DisposeAsync();
    }

    private IEnumerable<ChaosHost> Hosts => api is null ? workers : workers.Append(api);

    private ChaosHost Host(string kind, string name, string project, Dictionary<string, string?> environment)
    {
        var url = FreePort.Url();
        return new ChaosHost(
            kind,
            HostPath(project),
            url,
            Path.Combine(Logs, $"{name}.log"),
            new Dictionary<string, string?>(environment) { ["ASPNETCORE_URLS"] = url.ToString() },
            tally,
            time
        );
    }

    private static async Task MigrateAsync(Dictionary<string, string?> environment)
    {
        await using var migration = LeashedProcess.Start(["dotnet", HostPath("Clones.Workers"), "migrate"], environment);
        using var limit = new CancellationTokenSource(StartLimit, TimeProvider.System);
        if (await migration.WaitAsync(limit.Token) != 0)
        {
            throw new InvalidOperationException($"The migration failed:\n{migration.Output}");
        }
    }

    private static string HostPath(string host) => Repository.PathOf("src", host, "bin", Configuration, "net10.0", $"{host}.dll");

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
