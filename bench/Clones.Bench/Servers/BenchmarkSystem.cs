using System.Security.Cryptography;
using Clones.Demo;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;

namespace Clones.Bench.Servers;

/// <summary>A training pool with funds.</summary>
/// <param name="Wallet">The key of its deposit wallet.</param>
internal sealed record BenchmarkPool(Guid Id, Guid WalletId, Account Wallet);

/// <summary>A database of its own, a local cluster whose node counts what hosts ask, and hosts as processes of their own, as an operator runs them.</summary>
/// <param name="addresses">Of the servers.</param>
/// <param name="pools">How many training pools there are.</param>
/// <param name="inTokens">Whether they pay in a token of their own, or in SOL.</param>
/// <param name="latency">What each RPC request takes longer.</param>
internal sealed class BenchmarkSystem(
    ServerAddresses addresses,
    int pools,
    bool inTokens,
    TimeSpan latency = default,
    int payoutBatch = PayoutBatch.Max
) : IAsyncDisposable
{
    private const int FrontOfHosts = 1;
    private const ulong LamportsPerPool = 10_000_000_000_000;
    private const ulong TokensPerPool = 1_000_000_000_000;
    private const string OperatorKey = "operator-key-of-the-benchmark-0123456789abcdef";
    private const string ServiceKey = "service-key-of-the-benchmark-0123456789abcdef";

    private readonly LocalnetFixture localnet = new();
    private readonly HttpClient http = new();
    private readonly Account maker = Account.Generate();
    private readonly List<BenchmarkPool> made = [];
    private readonly List<(LeashedProcess Host, Uri Url)> apis = [];
    private readonly List<LeashedProcess> workers = [];
    private readonly string secret = RandomNumberGenerator.GetHexString(64);
    private Cluster cluster = null!;
    private LocalnetAdmin? admin;
    private Uri urlOfHosts = null!;

    public BenchmarkServers Servers { get; } = new(addresses);

    public IReadOnlyList<BenchmarkPool> Pools => made;

    /// <summary>Of the token that the pools pay in; null for SOL.</summary>
    public PublicKey? Mint { get; private set; }

    /// <summary>The front node that the hosts ask.</summary>
    public SolanaRpcClient NodeOfHosts { get; private set; } = null!;

    /// <summary>Another front node of the same cluster: what is asked here is neither counted nor slowed.</summary>
    public IRpcClient Node => cluster.Rpc;

    public IReadOnlyList<int> ApiProcesses => ProcessesOf(apis.Select(a => a.Host));

    public IReadOnlyList<int> WorkerProcesses => ProcessesOf(workers);

    public IEnumerable<int> ClusterProcesses => localnet.ProcessIds;

    /// <summary>All but the hosts.</summary>
    public async Task StartAsync()
    {
        await Servers.StartAsync();
        var node = await localnet.StartAsync(slotMs: 50, "--fronts", "2");
        // HTTP and WebSocket of the first are in between.
        urlOfHosts = new UriBuilder(node) { Port = node.Port + 2 }.Uri;
        admin = new LocalnetAdmin(node);
        if (latency > TimeSpan.Zero)
        {
            await admin.SetFaultsAsync(new { front = FrontOfHosts, latencyMs = latency.TotalMilliseconds });
        }
        cluster = new Cluster(new SolanaRpcClient(http, node), TimeProvider.System);
        NodeOfHosts = new SolanaRpcClient(http, urlOfHosts);
        await cluster.AirdropAsync(maker.PublicKey, LamportsPerPool * (ulong)(pools + 1), CancellationToken.None);
        var mint = await cluster.CreateTokenAsync(maker, TokensPerPool * (ulong)(pools + 1), CancellationToken.None);
        Mint = inTokens ? mint : null;
        await using (var db = OpenDatabase())
        {
            await db.Database.MigrateAsync();
            // As the workers make it before the first wallet: open.
            await db.ReadFenceAsync(CancellationToken.None);
            await StorePoolsAsync(db);
        }
        await Task.WhenAll(made.Select(pool => FundAsync(pool.Wallet.PublicKey, LamportsPerPool, mint, TokensPerPool)));
    }

    /// <summary>How often the hosts have asked the node so far, by method, as the node counts them.</summary>
    public async Task<IReadOnlyDictionary<string, double>> RequestsAsync() =>
        (await admin!.CallAsync("clones_getRequests", new { front = FrontOfHosts }))
            .EnumerateObject()
            .ToDictionary(r => r.Name, r => r.Value.GetDouble());

    public async Task StartApiAsync() =>
        apis.Add(
            await StartHostAsync(
                "Clones.Api",
                "CLONES_AUTH_TOKEN_KEY=token-key-of-the-benchmark-0123456789-0123456789",
                $"CLONES_SERVICE_API_KEY={ServiceKey}",
                $"CLONES_OPERATOR_API_KEY={OperatorKey}",
                "CLONES_RATE_LIMIT_KEY=0"
            )
        );

    public async Task StartWorkerAsync()
    {
        var (worker, _) = await StartHostAsync(
            "Clones.Workers",
            $"DEPOSIT_KEY_ENCRYPTION_SECRET={secret}",
            $"DEPOSIT_KEY_ENCRYPTION_SALT={secret}",
            "LIQUIDITY_VENUE=local"
        );
        workers.Add(worker);
    }

    /// <summary>What is measured next runs without them.</summary>
    public async Task StopHostsAsync()
    {
        foreach (var host in Hosts.ToList())
        {
            await host.DisposeAsync();
        }
        apis.Clear();
        workers.Clear();
    }

    /// <summary>Runs it. Where it fails, standard error gets what the hosts have written last.</summary>
    public async Task<T> WatchAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            var written = string.Join('\n', Hosts.Select(host => host.Output));
            await Console.Error.WriteLineAsync(string.Join('\n', written.Split('\n').TakeLast(40)));
            throw;
        }
    }

    /// <summary>A client of one of the APIs that may pay, or one that may see all.</summary>
    public HttpClient Client(int connections, bool asOperator = false, int api = 0) =>
        new(new SocketsHttpHandler { MaxConnectionsPerServer = connections })
        {
            BaseAddress = apis[api].Url,
            DefaultRequestHeaders = { { "X-Api-Key", asOperator ? OperatorKey : ServiceKey } },
        };

    public ClonesDbContext OpenDatabase() => ClonesDbContextOptions.Open(Servers.Database);

    /// <summary>Gives each an account for the token, as one has who was paid before.</summary>
    public Task KnowAsync(IEnumerable<PublicKey> recipients) =>
        Parallel.ForEachAsync(
            recipients,
            new ParallelOptions { MaxDegreeOfParallelism = 64 },
            async (recipient, _) => await FundAsync(recipient, 0, Mint!.Value, 1)
        );

    public async ValueTask DisposeAsync()
    {
        await StopHostsAsync();
        admin?.Dispose();
        await localnet.DisposeAsync();
        await Servers.DisposeAsync();
        made.ForEach(pool => pool.Wallet.Dispose());
        maker.Dispose();
        http.Dispose();
    }

    private IEnumerable<LeashedProcess> Hosts => apis.Select(a => a.Host).Concat(workers);

    private static IReadOnlyList<int> ProcessesOf(IEnumerable<LeashedProcess> hosts) => [.. hosts.Select(h => h.ProgramId).OfType<int>()];

    private Task FundAsync(PublicKey to, ulong lamports, PublicKey mint, ulong tokens) =>
        cluster.FundAsync(maker, to, lamports, mint, tokens, CancellationToken.None);

    private async Task StorePoolsAsync(ClonesDbContext db)
    {
        var now = TimeProvider.System.GetUtcNow();
        var symbol = Token.SolSymbol;
        if (Mint is { } mint)
        {
            symbol = "BENCH";
            db.Tokens.Add(
                new Token
                {
                    Symbol = symbol,
                    Mint = mint.ToString(),
                    Decimals = Cluster.TokenDecimals,
                    TokenProgram = TokenProgram.Id.ToString(),
                    GenesisHash = (await Node.GetGenesisHashAsync()).ToString(),
                    UpdatedAt = now,
                }
            );
        }
        for (var i = 0; i < pools; i++)
        {
            var account = Account.Generate();
            var pool = new TrainingPool
            {
                Id = Guid.CreateVersion7(),
                OwnerAddress = account.PublicKey.ToString(),
                Name = $"Pool {i}",
                Skills = [],
                TokenSymbol = symbol,
                Mint = Mint?.ToString(),
                PricePerDemo = 1_000_000,
                PayoutBatch = payoutBatch,
                Status = TrainingPoolStatus.Live,
                CreatedAt = now,
                UpdatedAt = now,
            };
            db.TrainingPools.Add(pool);
            await db.SaveChangesAsync();
            var wallet = new DepositWallet
            {
                Id = Guid.CreateVersion7(),
                TrainingPoolId = pool.Id,
                Address = account.PublicKey.ToString(),
                Key = new DepositWalletKey { EncryptedPrivateKey = Plaintext(account) },
                CreatedAt = now,
            };
            db.DepositWallets.Add(wallet);
            pool.DepositWalletId = wallet.Id;
            await db.SaveChangesAsync();
            made.Add(new BenchmarkPool(pool.Id, wallet.Id, account));
        }
    }

    /// <summary>In the form of the old system: the first use brings it under the master key.</summary>
    private static string Plaintext(Account account)
    {
        var secretKey = new byte[Account.SecretKeyLength];
        account.CopySecretKeyTo(secretKey);
        return Convert.ToBase64String(secretKey);
    }

    private async Task<(LeashedProcess Host, Uri Url)> StartHostAsync(string project, params string[] settings)
    {
        var url = FreePort.Url();
        var host = LeashedProcess.Start([
            "env",
            "Serilog__MinimumLevel__Default=Warning",
            $"ConnectionStrings__Clones={Servers.Database}",
            $"RABBITMQ_URL={Servers.RabbitMqUrl}",
            $"SOLANA_RPC_URLS={urlOfHosts}",
            "CLONES_WEBHOOK_SECRET=webhook-secret-of-the-benchmark-0123456789abcdef",
            $"ASPNETCORE_URLS={url.GetLeftPart(UriPartial.Authority)}",
            .. settings,
            "dotnet",
            Repository.PathOf("src", project, "bin", "Release", "net10.0", $"{project}.dll"),
        ]);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(url, "/health/ready"));
                if (answer.IsSuccessStatusCode)
                {
                    return (host, url);
                }
            }
            catch (HttpRequestException) when (!host.HasExited)
            {
                // Not listening yet.
            }
            if (host.HasExited)
            {
                throw new InvalidOperationException($"{project} did not start:\n{host.Output}");
            }
            await Task.Delay(100);
        }
    }
}
