using System.Net.Http.Json;
using Clones.Bench.Sagas;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using RabbitMQ.Client;

namespace Clones.Bench.Acceptance;

/// <summary>A database of its own, a local cluster, and the API as a process of its own, as an operator runs it.</summary>
internal sealed class AcceptServers(AcceptOptions options) : IAsyncDisposable
{
    public const string ServiceKey = "service-key-of-the-benchmark-0123456789abcdef";
    private const ulong Lamports = 10_000_000_000_000;
    private const string Queue = "clones-bench-prepare-transaction";

    private readonly string database = $"clones_bench_{Guid.NewGuid():n}";
    private readonly LocalnetFixture localnet = new();
    private CountingProxy? proxy;
    private LeashedProcess? api;
    private IConnection? broker;

    public string Database { get; private set; } = "";
    public Uri Api { get; private set; } = null!;
    public IReadOnlyList<Guid> Pools { get; private set; } = [];
    public int RpcRequests => proxy!.Requests;
    public int? ApiProcess => api!.ProgramId;

    public async Task StartAsync()
    {
        await BenchmarkServers.ExecuteAsync(options.Postgres, $"CREATE DATABASE {database}");
        Database = new NpgsqlConnectionStringBuilder(options.Postgres) { Database = database }.ConnectionString;
        var cluster = await localnet.StartAsync(slotMs: 50);
        proxy = await CountingProxy.StartAsync(cluster);
        await using (var db = OpenDatabase())
        {
            await db.Database.MigrateAsync();
            // As the workers make it before the first wallet: open.
            await db.ReadFenceAsync(CancellationToken.None);
            Pools = await CreatePoolsAsync(db, cluster);
        }

        // Someone must want the messages, or the broker throws them away.
        broker = await new ConnectionFactory { Uri = options.RabbitMq }.CreateConnectionAsync();
        await using var channel = await broker.CreateChannelAsync();
        await channel.ExchangeDeclareAsync("prepare-transaction", ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(
            Queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }
        );
        await channel.QueueBindAsync(Queue, "prepare-transaction", "");
        await StartApiAsync();
    }

    public ClonesDbContext OpenDatabase() =>
        new(((DbContextOptionsBuilder<ClonesDbContext>)new DbContextOptionsBuilder<ClonesDbContext>().UseClonesPostgres(Database)).Options);

    /// <summary>Committed transactions of the database so far, those of the API and of nobody else.</summary>
    public async Task<long> CommitsAsync()
    {
        await using var connection = new NpgsqlConnection(options.Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT xact_commit FROM pg_stat_database WHERE datname = $1", connection)
        {
            Parameters = { new() { Value = database } },
        };
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (api is not null)
        {
            await api.DisposeAsync();
        }
        if (broker is not null)
        {
            await using (var channel = await broker.CreateChannelAsync())
            {
                await channel.QueueDeleteAsync(Queue);
            }
            await broker.DisposeAsync();
        }
        if (proxy is not null)
        {
            await proxy.DisposeAsync();
        }
        await localnet.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await BenchmarkServers.ExecuteAsync(options.Postgres, $"DROP DATABASE IF EXISTS {database} WITH (FORCE)");
    }

    private async Task<Guid[]> CreatePoolsAsync(ClonesDbContext db, Uri cluster)
    {
        using var http = new HttpClient();
        var rpc = new SolanaRpcClient(http, cluster);
        var ids = new List<Guid>();
        for (var i = 0; i < options.Pools; i++)
        {
            using var account = Account.Generate();
            var now = TimeProvider.System.GetUtcNow();
            var pool = new TrainingPool
            {
                Id = Guid.CreateVersion7(),
                OwnerAddress = account.PublicKey.ToString(),
                Name = $"Pool {i}",
                Skills = [],
                TokenSymbol = Token.SolSymbol,
                PricePerDemo = 1_000_000,
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
                Key = new DepositWalletKey { EncryptedPrivateKey = "k1:1:never-opened" },
                CreatedAt = now,
            };
            db.DepositWallets.Add(wallet);
            pool.DepositWalletId = wallet.Id;
            await db.SaveChangesAsync();
            await rpc.RequestAirdropAsync(account.PublicKey, Lamports);
            ids.Add(pool.Id);
        }
        foreach (var address in await db.DepositWallets.Select(w => w.Address).ToListAsync())
        {
            while ((await rpc.GetBalanceAsync(PublicKey.Parse(address))).Value < Lamports)
            {
                await Task.Delay(50);
            }
        }
        return [.. ids];
    }

    private async Task StartApiAsync()
    {
        Api = FreePort.Url();
        string[] command =
        [
            "env",
            "Serilog__MinimumLevel__Default=Warning",
            $"ConnectionStrings__Clones={Database}",
            $"RABBITMQ_URL={options.RabbitMq}",
            $"SOLANA_RPC_URLS={proxy!.Url}",
            "CLONES_AUTH_TOKEN_KEY=token-key-of-the-benchmark-0123456789-0123456789",
            "CLONES_WEBHOOK_SECRET=webhook-secret-of-the-benchmark-0123456789abcdef",
            $"CLONES_SERVICE_API_KEY={ServiceKey}",
            "CLONES_RATE_LIMIT_KEY=0",
            $"ASPNETCORE_URLS={Api.GetLeftPart(UriPartial.Authority)}",
            "dotnet",
            Repository.PathOf("src", "Clones.Api", "bin", "Release", "net10.0", "Clones.Api.dll"),
        ];
        api = LeashedProcess.Start(command);
        using var http = new HttpClient { BaseAddress = Api };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!api.HasExited)
            {
                // Not listening yet.
            }
            if (api.HasExited)
            {
                throw new InvalidOperationException($"The API did not start:\n{api.Output}");
            }
            await Task.Delay(100);
        }
    }
}
