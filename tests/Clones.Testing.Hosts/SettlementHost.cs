using System.Net.Http.Json;
using System.Text.Json;
using Clones.Acceptance;
using Clones.Contracts.Settlement;
using Clones.Custody;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Settlement;
using Clones.Settlement.Funds;
using Clones.Settlement.Operators;
using Clones.Settlement.Payments;
using Clones.Settlement.Rewards;
using Clones.Settlement.Rules;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clones.Testing.Hosts;

/// <summary>
/// Real workers on a real database, broker and local cluster, with the paces turned up. The workers know two of its three front nodes; the
/// third is for those who act beside them.
/// </summary>
public class SettlementHost : IAsyncLifetime
{
    // Finality comes after 1.6 s then.
    private const int SlotMs = 50;
    private static readonly TimeSpan Patience = PatientWait.Patience;

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbit = new();
    private readonly LocalnetFixture localnet = new();
    private readonly HttpClient http = new();
    private readonly List<IHost> workers = [];
    private readonly List<IHost> stopped = [];
    private string? backup;
    private Dictionary<string, string?> settings = null!;

    internal CapturedLog Log { get; } = new();

    /// <summary>Of all workers that <see cref="Build"/> makes.</summary>
    internal PlannedCrashes Crashes { get; } = new();

    internal LocalnetAdmin Localnet { get; private set; } = null!;

    internal TestVirtualHost Broker { get; private set; } = null!;

    internal string Database => settings["ConnectionStrings:Clones"]!;

    internal IHost FirstWorker => workers[0];

    internal RpcEndpoints Rpc => workers[0].Services.GetRequiredService<RpcEndpoints>();

    /// <summary>A node that the workers do not know, and that no fault of theirs strikes.</summary>
    internal IRpcClient Bystander { get; private set; } = null!;

    /// <summary>What a derived host sets otherwise.</summary>
    protected virtual IReadOnlyDictionary<string, string?> MoreSettings => new Dictionary<string, string?>();

    /// <summary>In how many blocks a blockhash can be used: 150 are 7.5 s here. More where somebody has to sign in time on a busy machine.</summary>
    protected virtual int BlockhashAge => 150;

    /// <summary>How many of the three nodes the workers know.</summary>
    protected virtual int NodesOfWorkers => 2;

    public async ValueTask InitializeAsync()
    {
        var starting = localnet.StartAsync(SlotMs, "--fronts", "3", "--blockhash-age", $"{BlockhashAge}");
        Broker = await rabbit.CreateVirtualHostAsync();
        settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = await MigratedDatabase.CreateAsync(postgres),
            ["RABBITMQ_URL"] = Broker.Amqp.ToString(),
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = TestKeys.Secret,
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = TestKeys.Salt,
            ["Settlement:CheckEvery"] = "00:00:00.200",
            ["Settlement:RebroadcastEvery"] = "00:00:00.500",
            ["Settlement:UnresolvedEvery"] = "00:00:00.500",
            ["Settlement:PrepareAgainAfter"] = "00:00:00.500",
            ["Settlement:WakeUpLease"] = "00:00:02",
            ["Funds:PassEvery"] = "00:00:00.300",
            ["Ledger:PassEvery"] = "00:00:00.500",
            ["Ledger:WalletEvery"] = "00:00:01",
            ["Ledger:FenceEvery"] = "00:00:00.500",
            ["Funds:WaitingEvery"] = "00:00:00.500",
            ["CLONES_WEBHOOK_SECRET"] = "webhook-secret-of-the-tests-0123456789abcdef",
            ["TOKEN_METADATA_URI"] = "https://clones.test/agents/{agentId}/metadata",
        };
        foreach (var (name, value) in MoreSettings)
        {
            settings[name] = value;
        }
        var cluster = await starting;
        Localnet = new LocalnetAdmin(cluster);
        var fronts = Enumerable.Range(0, 3).Select(i => new UriBuilder(cluster) { Port = cluster.Port + 2 * i }.Uri).ToArray();
        settings["SOLANA_RPC_URLS"] = string.Join(',', fronts.Take(NodesOfWorkers));
        Bystander = new SolanaRpcClient(http, fronts[^1]);
        var first = Build(_ => { });
        workers.Add(first);
        await StartAsync(first);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in workers.Concat(stopped))
        {
            await worker.EndAsync();
        }
        http.Dispose();
        Localnet?.Dispose();
        await localnet.DisposeAsync();
        await rabbit.DisposeAsync();
        await postgres.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts one more worker beside those that run.</summary>
    /// <param name="change">Of its services.</param>
    /// <param name="more">Settings of this worker alone.</param>
    internal async Task<IHost> StartAnotherAsync(
        Action<IServiceCollection>? change = null,
        IReadOnlyDictionary<string, string?>? more = null
    )
    {
        var worker = Build(change ?? (_ => { }), more);
        workers.Add(worker);
        await StartAsync(worker);
        return worker;
    }

    /// <summary>Stops a worker, and starts one in its place: what is asked of the first worker is not asked of a stopped one for long.</summary>
    protected async Task<IHost> ReplaceAsync(IHost old, IReadOnlyDictionary<string, string?> more)
    {
        await old.StopAsync().OrGiveUpAsync("a worker to stop", TestContext.Current.CancellationToken);
        var worker = Build(_ => { }, more);
        await StartAsync(worker);
        workers[workers.IndexOf(old)] = worker;
        stopped.Add(old);
        return worker;
    }

    /// <summary>Stops the first worker, as a deployment would; what it had committed stays.</summary>
    internal Task StopFirstAsync() => workers[0].StopAsync();

    internal async Task StopAllAsync()
    {
        foreach (var worker in workers)
        {
            await worker.StopAsync();
        }
    }

    /// <summary>A copy of the database as it is now.</summary>
    internal async Task BackUpAsync() => backup = await postgres.CopyAsync(Database);

    /// <summary>From here on new workers, and <see cref="WithAsync{T}"/>, use the copy.</summary>
    internal Task RestoreAsync()
    {
        settings["ConnectionStrings:Clones"] = backup ?? throw new InvalidOperationException("There is no backup.");
        workers.Insert(0, Build(_ => { }));
        return Task.CompletedTask;
    }

    /// <summary>The same by a process of its own, which is no worker and reads no key.</summary>
    internal async Task<(int Code, string Report)> ReconcileAloneAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Where(s => !s.Key.StartsWith("DEPOSIT_KEY", StringComparison.Ordinal)));
        builder
            .Services.AddClonesStore(builder.Configuration)
            .AddSolanaRpc(builder.Configuration)
            .AddSettlementParts(builder.Configuration)
            .AddLedgerParts(builder.Configuration)
            .AddClonesBus(builder.Configuration);
        using var host = builder.Build();
        await using var report = new StringWriter();
        var code = await ReconciliationReport.RunAsync(host.Services, report, TestContext.Current.CancellationToken);
        return (code, report.ToString());
    }

    /// <summary>What "./clones reconcile" ends with, and what it prints.</summary>
    internal async Task<(int Code, string Report)> ReconcileAsync()
    {
        await using var report = new StringWriter();
        var code = await ReconciliationReport.RunAsync(workers[0].Services, report, TestContext.Current.CancellationToken);
        return (code, report.ToString());
    }

    internal Task PrepareAsync(Payment payment) =>
        PublishAsync(new PrepareTransactions { TransactionIds = [payment.TransactionId!.Value] });

    internal Task<ChainTransaction> TransactionAsync(Payment payment) =>
        WithAsync((_, db) => db.Transactions.AsNoTracking().SingleAsync(t => t.Id == payment.TransactionId));

    internal Task<FenceReading> UntilFenceAsync(bool isOpen) =>
        PatientWait.UntilAsync(
            () =>
                WithAsync(
                    async (_, db) => await db.ReadFenceAsync(CancellationToken.None) is var f && f.IsHere && f.IsOpen == isOpen ? f : null
                ),
            $"the fence to be {(isOpen ? "open" : "raised")}"
        );

    /// <summary>Lets the chain pass the height of the fence that stands, and waits until the workers open it.</summary>
    internal async Task PassFenceAsync()
    {
        await PatientWait.UntilAsync(
            () => WithAsync(async (_, db) => await db.ReadFenceAsync(CancellationToken.None) is { BlockHeight: not null } f ? f : null),
            "the height of the fence to be set"
        );
        await WarpAsync(300);
        await UntilFenceAsync(isOpen: true);
    }

    internal IHost Build(Action<IServiceCollection> change, IReadOnlyDictionary<string, string?>? more = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection(more ?? new Dictionary<string, string?>());
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log);
        builder.Services.AddSingleton<ICrashPoints>(Crashes);
        AddServices(builder.Services, builder.Configuration);
        builder
            .Services.AddClonesStore(builder.Configuration)
            .AddSolanaRpc(builder.Configuration)
            .AddKeys(builder.Configuration)
            .AddSettlement(builder.Configuration)
            .AddPayments()
            .AddPools(builder.Configuration)
            .AddLedger(builder.Configuration)
            .AddClonesBus(
                builder.Configuration,
                bus =>
                {
                    bus.AddKeys();
                    bus.AddSettlement();
                    bus.AddPayments();
                    bus.AddPools();
                    bus.AddRewards();
                    AddConsumers(bus);
                }
            );
        change(builder.Services);
        return builder.Build();
    }

    /// <summary>What a derived host has beside payments.</summary>
    protected virtual void AddServices(IServiceCollection services, IConfiguration configuration) { }

    /// <inheritdoc cref="AddServices"/>
    protected virtual void AddConsumers(IBusRegistrationConfigurator bus) { }

    internal static async Task StartAsync(IHost worker)
    {
        await worker.StartAsync().OrGiveUpAsync("a worker to start", TestContext.Current.CancellationToken);
        await worker.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Patience);
    }

    internal Task PublishAsync<T>(T message)
        where T : class =>
        workers[^1]
            .Services.GetRequiredService<IBus>()
            .Publish(message, TestContext.Current.CancellationToken)
            .OrGiveUpAsync("the broker to take a message", TestContext.Current.CancellationToken);

    internal async Task<T> WithAsync<T>(Func<IServiceProvider, ClonesDbContext, Task<T>> use)
    {
        await using var scope = workers[0].Services.CreateAsyncScope();
        return await use(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }

    /// <summary>A training pool that pays in SOL unless a token is named, with a wallet of our own making unless the test brings one.</summary>
    internal async Task<TrainingPool> CreatePoolAsync(
        ulong lamports,
        Func<Guid, DepositWallet>? makeWallet = null,
        ulong price = 1_000_000,
        Token? token = null
    )
    {
        var pool = new TrainingPool
        {
            Id = Guid.CreateVersion7(),
            OwnerAddress = TestKeys.FreshAddress(),
            Name = "Pool of a test",
            Skills = [],
            TokenSymbol = token?.Symbol ?? Token.SolSymbol,
            Mint = token?.Mint,
            PricePerDemo = price,
            Status = TrainingPoolStatus.NoFunds,
            CreatedAt = TimeProvider.System.GetUtcNow(),
            UpdatedAt = TimeProvider.System.GetUtcNow(),
        };
        var wallet = await WithAsync(
            async (services, db) =>
            {
                db.TrainingPools.Add(pool);
                await db.SaveChangesAsync();
                var made =
                    makeWallet?.Invoke(pool.Id)
                    ?? await services.GetRequiredService<DepositKeyVault>().CreateDepositWalletAsync(pool.Id, CancellationToken.None);
                db.DepositWallets.Add(made);
                pool.DepositWalletId = made.Id;
                await db.SaveChangesAsync();
                return made;
            }
        );
        if (lamports > 0)
        {
            await FundAsync(PublicKey.Parse(wallet.Address), lamports);
        }
        return pool;
    }

    internal async Task FundAsync(PublicKey address, ulong lamports)
    {
        await Rpc.Primary.RequestAirdropAsync(address, lamports);
        await PatientWait.UntilAsync(
            async () => (await Rpc.Primary.GetBalanceAsync(address)).Value >= lamports ? "funded" : null,
            "the airdrop to be final"
        );
    }

    /// <summary>Accepts a payment: chain read first, then one commit with the message.</summary>
    /// <param name="beforeCommit">Runs when the chain has been read and nothing is committed yet.</param>
    internal Task<Payment> PayAsync(
        TrainingPool pool,
        string recipient,
        ulong lamports,
        string? key = null,
        Func<Task>? beforeCommit = null
    ) =>
        WithAsync(
            async (services, db) =>
            {
                var request = new PaymentRequest
                {
                    Kind = PaymentKind.Withdrawal,
                    TrainingPoolId = pool.Id,
                    Recipient = PublicKey.Parse(recipient),
                    Amount = lamports,
                    Caller = "api-key:test",
                    IdempotencyKey = key ?? Guid.NewGuid().ToString(),
                };
                await using var commit = await db.Database.BeginTransactionAsync();
                var result = await services
                    .GetRequiredService<PaymentService>()
                    .AcceptWithinAsync(db, services.GetRequiredService<IPublishEndpoint>(), request, null, CancellationToken.None);
                var accepted = result.ShouldBeOfType<PaymentAcceptanceResult.Accepted>();
                accepted.TransactionId.ShouldNotBeNull();
                await (beforeCommit?.Invoke() ?? Task.CompletedTask);
                await db.SaveChangesAsync();
                await commit.CommitAsync();
                return accepted.Payment;
            }
        );

    internal Task<Payment> UntilPaymentAsync(Guid id, PaymentStatus status) =>
        PatientWait.UntilAsync(
            () => WithAsync((_, db) => db.Payments.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && p.Status == status)),
            $"payment {id} to be {status}"
        );

    internal Task<List<TransactionAttempt>> AttemptsAsync(Guid transactionId) =>
        WithAsync(
            (_, db) =>
                db.TransactionAttempts.AsNoTracking().Where(a => a.TransactionId == transactionId).OrderBy(a => a.Number).ToListAsync()
        );

    /// <summary>How often the chain itself holds this transaction, by its memo.</summary>
    internal async Task<int> LandedAsync(Payment payment)
    {
        var wallet = await WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.Id == payment.WalletId));
        var history = await Rpc.Primary.GetSignaturesForAddressAsync(PublicKey.Parse(wallet.Address), commitment: Commitment.Confirmed);
        return history.Count(e => e.Err is null && TransactionMemo.Mentions(e.Memo, payment.TransactionId!.Value));
    }

    /// <summary>Sets faults of one front node, or of all.</summary>
    internal Task FaultsAsync(object faults) => Localnet.SetFaultsAsync(faults);

    internal Task HealAsync() => Localnet.ClearFaultsAsync();

    /// <summary>Abandons this block and all after it, with what they hold; none of them may be final. Older blocks stay, blockhashes with them.</summary>
    /// <returns>The signatures of what was undone.</returns>
    internal async Task<IReadOnlyList<string>> RollBackFromAsync(ulong slot)
    {
        // Slots stand still, or the tip would move on between the question and the rollback.
        await Localnet.CallAsync("clones_setSlotMs", 0);
        var tip = await Bystander.GetSlotAsync(Commitment.Processed);
        var result = await Localnet.CallAsync("clones_rollback", new { slots = tip - slot + 1 });
        await Localnet.CallAsync("clones_setSlotMs", SlotMs);
        return [.. result.GetProperty("undone").EnumerateArray().Select(signature => signature.GetString()!)];
    }

    /// <summary>The queues that messages end in which could not be handled. The bus makes one with its first message.</summary>
    internal async Task<IReadOnlyList<string>> ErrorQueuesAsync()
    {
        var management = await rabbit.ManagementAsync();
        var queues = await management.GetFromJsonAsync<JsonElement>($"queues/{Broker.Name}");
        return
        [
            .. queues
                .EnumerateArray()
                .Select(q => q.GetProperty("name").GetString()!)
                .Where(name => name.EndsWith("_error", StringComparison.Ordinal)),
        ];
    }

    /// <summary>Closes every connection to the broker, as a broker that restarts or a network that breaks does.</summary>
    /// <returns>How many there were.</returns>
    internal async Task<int> CutBrokerConnectionsAsync()
    {
        var management = await rabbit.ManagementAsync();
        var connections = await management.GetFromJsonAsync<JsonElement>($"vhosts/{Broker.Name}/connections");
        var names = connections.EnumerateArray().Select(c => c.GetProperty("name").GetString()!).ToList();
        foreach (var name in names)
        {
            using var cut = await management.DeleteAsync($"connections/{Uri.EscapeDataString(name)}");
        }
        return names.Count;
    }

    /// <summary>From here on every node answers for this transaction as if it were of that version.</summary>
    internal Task PresentAsAsync(Signature signature, int version) =>
        Localnet.CallAsync("clones_presentAs", new { signature = signature.ToString(), version });

    internal Task WarpAsync(int slots) => Localnet.WarpAsync(slots);

    /// <summary>Makes the blocks that are missing to this height.</summary>
    internal async Task WarpToAsync(ulong height, Commitment commitment = Commitment.Confirmed)
    {
        var now = await Bystander.GetBlockHeightAsync(commitment);
        if (now < height)
        {
            await WarpAsync((int)(height - now));
        }
    }

    /// <summary>Makes as many blocks as it takes until no blockhash of now can be used, finally and by every rule about certainty.</summary>
    internal Task ExpireBlockhashesAsync() => WarpAsync(BlockhashAge + 250);
}
