using System.Net.Http.Json;
using System.Text;
using Clones.Custody;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>API, workers and commands as processes on real servers, and everything that they write.</summary>
internal sealed class LeakSystem : IAsyncDisposable
{
    private const int SlotMs = 50;
    private const string Amount = "0.01";

    /// <summary>A payment whose key does not open is tried for half a minute, and again every four times this: there must be a pause in between.</summary>
    private const string PrepareAgainAfter = "00:00:15";

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbitMq = new();
    private readonly LocalnetFixture localnet = new();
    private readonly List<LeashedProcess> processes = [];
    private readonly DirectoryInfo traces = Directory.CreateTempSubdirectory("clones-traces-");
    private readonly OverheardAnswers answers = new();
    private readonly Dictionary<string, string?> version2 = KeyVersion("_V2");
    private Dictionary<string, string?> common = [];
    private TestVirtualHost virtualHost = null!;
    private Uri workersUrl = null!;
    private SolanaRpcClient chain = null!;

    public string Database { get; private set; } = null!;
    public SignedInOwner Owner { get; private set; } = null!;
    public Dictionary<string, string?> Version1 { get; } = KeyVersion("");
    public string ControlText { get; } = Hosts.Secret();
    public IReadOnlyList<Needle> Secrets => [.. Version1.Concat(version2).SelectMany(s => KeyNeedles.OfText(s.Key, s.Value!))];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var cluster = localnet.StartAsync(SlotMs);
        virtualHost = await rabbitMq.CreateVirtualHostAsync();
        Database = await postgres.CreateDatabaseAsync();
        var rpc = await cluster;
        chain = new SolanaRpcClient(new HttpClient(), rpc);
        common = new Dictionary<string, string?>(Verbose.Settings(traces.FullName))
        {
            ["ConnectionStrings__Clones"] = Database,
            ["RABBITMQ_URL"] = virtualHost.Amqp.ToString(),
            ["SOLANA_RPC_URLS"] = rpc.ToString(),
            ["LIQUIDITY_VENUE"] = "auto",
            ["CLONES_WEBHOOK_SECRET"] = Hosts.Secret(),
            ["OTEL_RESOURCE_ATTRIBUTES"] = $"service.namespace={ControlText}",
            ["Settlement__PrepareAgainAfter"] = PrepareAgainAfter,
            ["Funds__PassEvery"] = "00:00:01",
            ["Funds__WaitingEvery"] = "00:00:01",
        };
        workersUrl = FreePort.Url();
        var migration = Run("Clones.Workers", ["migrate"], Version1);
        (await migration.WaitAsync(cancellationToken)).ShouldBe(0, migration.Output);
        var apiUrl = FreePort.Url();
        var api = Run(
            "Clones.Api",
            [],
            new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = apiUrl.ToString(), ["CLONES_AUTH_TOKEN_KEY"] = Hosts.Secret() }
        );
        await Hosts.UntilReadyAsync(apiUrl, api);
        Owner = await SignedInOwner.SignInAsync(apiUrl, cancellationToken, answers);
    }

    public LeashedProcess Run(string host, string[] arguments, IReadOnlyDictionary<string, string?> settings)
    {
        var environment = new Dictionary<string, string?>(common) { ["ASPNETCORE_URLS"] = workersUrl.ToString() };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }
        var process = LeashedProcess.Start(["dotnet", Hosts.PathOf(host), .. arguments], environment);
        processes.Add(process);
        return process;
    }

    public async Task<LeashedProcess> StartWorkersAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var workers = Run("Clones.Workers", [], settings);
        await Hosts.UntilReadyAsync(workersUrl, workers);
        return workers;
    }

    /// <summary>Both versions of the master key.</summary>
    /// <param name="dieAt">A crash point.</param>
    public Dictionary<string, string?> WithBoth(string? dieAt = null) => new(Version1.Concat(version2)) { ["Faults__DieAt"] = dieAt };

    /// <summary>The master key of version 2, which every process that opens keys keeps.</summary>
    public byte[] DerivedVersion2()
    {
        var key = new byte[Scrypt.KeyLength];
        var (secret, salt) = (version2["DEPOSIT_KEY_ENCRYPTION_SECRET_V2"]!, version2["DEPOSIT_KEY_ENCRYPTION_SALT_V2"]!);
        Scrypt.Derive(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(salt), key);
        return key;
    }

    public static IConfiguration Configuration(Dictionary<string, string?> settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    /// <summary>Pools of the owner as the old system would have left them, with funds.</summary>
    public async Task PlantAsync(IReadOnlyList<(Canary Canary, string Stored)> wallets, CancellationToken cancellationToken)
    {
        await using var db = Context();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (canary, stored) in wallets)
        {
            db.TrainingPools.Add(
                new TrainingPool
                {
                    Id = canary.PoolId,
                    OwnerAddress = Owner.Address.ToString(),
                    Name = canary.Name,
                    Skills = [],
                    DepositWalletId = canary.WalletId,
                    TokenSymbol = "SOL",
                    PricePerDemo = 1_000_000,
                    Status = TrainingPoolStatus.NoFunds,
                    CreatedAt = now,
                    UpdatedAt = now,
                }
            );
            db.DepositWallets.Add(
                new DepositWallet
                {
                    Id = canary.WalletId,
                    TrainingPoolId = canary.PoolId,
                    Address = canary.Address.ToString(),
                    Key = new DepositWalletKey { WalletId = canary.WalletId, EncryptedPrivateKey = stored },
                    CreatedAt = now,
                }
            );
        }
        await db.SaveChangesAsync(cancellationToken);
        await FundAsync(wallets.Select(w => w.Canary), cancellationToken);
    }

    public async Task FundAsync(IEnumerable<Canary> canaries, CancellationToken cancellationToken)
    {
        foreach (var canary in canaries)
        {
            await chain.RequestAirdropAsync(canary.Address, 1_000_000_000, cancellationToken);
        }
    }

    /// <summary>A pool whose key the workers make.</summary>
    public Task CreatePoolAsync(CancellationToken cancellationToken) =>
        Owner.PostAsync(
            "/v1/pools",
            new
            {
                name = "Made here",
                tokenSymbol = "SOL",
                pricePerDemo = "0.1",
            },
            null,
            cancellationToken
        );

    /// <returns>The payment, accepted.</returns>
    public async Task<Guid> PayAsync(Canary from, CancellationToken cancellationToken)
    {
        using var recipient = Account.Generate();
        var body = new
        {
            trainingPoolId = from.PoolId,
            recipient = recipient.PublicKey.ToString(),
            amount = Amount,
            onInsufficientFunds = "wait",
        };
        var payment = await Owner.PostAsync("/v1/payments", body, $"payment {Guid.NewGuid():N}", cancellationToken);
        return payment.GetProperty("id").GetGuid();
    }

    public async Task CompletedAsync(IEnumerable<Guid> payments, CancellationToken cancellationToken)
    {
        foreach (var payment in payments)
        {
            await Owner.UntilStatusAsync($"/v1/payments/{payment}", "COMPLETED", cancellationToken);
        }
    }

    /// <summary>The keys that the workers made, which the test opens with their master keys.</summary>
    public async Task<IReadOnlyList<byte[]>> MadeKeysAsync(IReadOnlySet<string> planted) =>
        await StoredKeys.OpenAllAsync(Database, Configuration(WithBoth()), address => !planted.Contains(address));

    public ClonesDbContext Context() => ClonesDbContextOptions.Open(Database);

    public async ValueTask DisposeAsync()
    {
        Owner?.Dispose();
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }
        await localnet.DisposeAsync();
        await rabbitMq.DisposeAsync();
        await postgres.DisposeAsync();
        traces.Delete(recursive: true);
    }

    /// <summary>Everything that was written, by name of the place.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> GatherAsync(CancellationToken cancellationToken)
    {
        var queues = new QueuedMessages(await rabbitMq.ManagementAsync(), virtualHost.Name);
        return new Dictionary<string, byte[]>
        {
            ["logs"] = Encoding.UTF8.GetBytes(string.Join('\n', processes.Select(p => p.Output))),
            ["traces"] = [.. traces.GetFiles().SelectMany(f => Shared(f.FullName))],
            ["queues"] = Encoding.UTF8.GetBytes(await queues.ReadAsync(cancellationToken)),
            ["tables"] = await DatabaseText.ReadAsync(Database),
            ["answers"] = Encoding.UTF8.GetBytes(answers.All),
        };
    }

    /// <summary>Searches when nothing is on its way, and once more if a key was opened meanwhile.</summary>
    /// <param name="failures">Keys that must have been found not to open by then.</param>
    public async Task<MemoryFindings> SearchAtRestAsync(
        LeashedProcess process,
        LeakSearch search,
        int failures,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            await UntilAtRestAsync(failures, cancellationToken);
            var events = await KeyEventsAsync(cancellationToken);
            var found = await ProcessMemory.SearchAsync(process.ProgramId!.Value, search, cancellationToken);
            if (await KeyEventsAsync(cancellationToken) == events)
            {
                return found;
            }
        }
    }

    // The log of the keys tells every opening; one that fails as it did before is counted beside it.
    private async Task<int> KeyEventsAsync(CancellationToken cancellationToken)
    {
        await using var db = Context();
        return await db.KeyEvents.CountAsync(cancellationToken) + await db.UnusableKeys.SumAsync(k => k.FailedTries, cancellationToken);
    }

    private async Task<int> UnusableKeysAsync(CancellationToken cancellationToken)
    {
        await using var db = Context();
        return await db.UnusableKeys.CountAsync(cancellationToken);
    }

    /// <summary>Asks the workers for a transaction that does not exist: the message ends in an error queue, which is searched too.</summary>
    public async Task PrepareNothingAsync(CancellationToken cancellationToken)
    {
        var management = await rabbitMq.ManagementAsync();
        var message = new
        {
            routing_key = "prepare-transactions",
            payload = $$"""{"transactionIds":["{{Guid.CreateVersion7()}}"]}""",
            payload_encoding = "string",
            properties = new { content_type = "application/json", message_id = Guid.CreateVersion7() },
        };
        using var answer = await management.PostAsJsonAsync(
            $"exchanges/{virtualHost.Name}/amq.default/publish",
            message,
            cancellationToken
        );
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Waits until nothing is on its way.</summary>
    /// <param name="failures">Keys that must have been found not to open by then.</param>
    public async Task UntilAtRestAsync(int failures, CancellationToken cancellationToken)
    {
        var queues = new QueuedMessages(await rabbitMq.ManagementAsync(), virtualHost.Name);
        while (true)
        {
            var counts = await queues.CountAsync(cancellationToken);
            var failed = counts.Where(q => q.Name.EndsWith("_error", StringComparison.Ordinal)).Sum(q => q.Messages);
            // What is being tried again is not acknowledged, and counts.
            if (failed > 0 && counts.Sum(q => q.Messages) == failed && await UnusableKeysAsync(cancellationToken) == failures)
            {
                return;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }
    }

    // A process writes it still.
    private static byte[] Shared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Dictionary<string, string?> KeyVersion(string suffix) =>
        new() { [$"DEPOSIT_KEY_ENCRYPTION_SECRET{suffix}"] = Hosts.Secret(), [$"DEPOSIT_KEY_ENCRYPTION_SALT{suffix}"] = Hosts.Secret() };
}
