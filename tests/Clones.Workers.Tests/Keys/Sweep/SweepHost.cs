using Clones.Persistence;
using Clones.Persistence.Faults;
using Clones.Persistence.Keys;
using Clones.Persistence.Messaging.Hosting;
using Clones.Persistence.Pools;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Workers.Keys;
using Clones.Workers.Keys.Commands;
using Clones.Workers.Tests.Settlement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Workers.Tests.Keys.Sweep;

/// <summary>Workers that do nothing but look after keys, on a real database and broker.</summary>
public sealed class SweepHost : IAsyncLifetime
{
    private static readonly (string, string)[] Second = [("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret + "2")];
    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbit = new();

    internal Dictionary<string, string?> Settings { get; private set; } = null!;

    internal PlannedCrashes Crashes { get; } = new();

    public async ValueTask InitializeAsync()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        Settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = await postgres.CreateDatabaseAsync(),
            ["RABBITMQ_URL"] = broker.Amqp.ToString(),
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = TestKeys.Secret,
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = TestKeys.Salt,
            [Second[0].Item1] = Second[0].Item2,
        };
        await using var db = Context();
        await db.Database.MigrateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await rabbit.DisposeAsync();
        await postgres.DisposeAsync();
    }

    internal ClonesDbContext Context()
    {
        var options = new DbContextOptionsBuilder<ClonesDbContext>();
        options.UseClonesPostgres(Settings["ConnectionStrings:Clones"]!);
        return new ClonesDbContext(options.Options);
    }

    internal async Task<IHost> StartWorkerAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings);
        builder.Services.AddSingleton<ICrashPoints>(Crashes);
        builder
            .Services.AddClonesStore(builder.Configuration)
            .AddKeys(builder.Configuration)
            .AddClonesBus(builder.Configuration, bus => bus.AddKeys());
        var host = builder.Build();
        await SettlementHost.StartAsync(host);
        return host;
    }

    /// <summary>What "keys sweep" does, by a process of its own that has no master key.</summary>
    internal async Task<(int Code, string Said)> SweepAsync(int keysPerSecondMax = KeySweep.KeysPerSecondDefault)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(Settings.Where(s => !s.Key.StartsWith("DEPOSIT_KEY", StringComparison.Ordinal)));
        KeysCommand.AddServices(builder.Services, builder.Configuration, withMasterKeys: false);
        using var host = builder.Build();
        await using var scope = host.Services.CreateAsyncScope();
        await using var said = new StringWriter();
        var watch = scope.ServiceProvider.GetRequiredService<SweepWatch>();
        var code = await watch.RunAsync(keysPerSecondMax, said, TestContext.Current.CancellationToken);
        return (code, said.ToString());
    }

    /// <summary>Wallets of fresh keys, stored by <paramref name="store"/>.</summary>
    internal async Task<List<KeyBinding>> PlantAsync(int count, Func<Account, KeyBinding, string> store)
    {
        await using var db = Context();
        var planted = new List<KeyBinding>();
        for (var i = 0; i < count; i++)
        {
            using var account = Account.Generate();
            var poolId = Guid.CreateVersion7();
            var binding = KeyBinding.OfWallet(Guid.CreateVersion7(), account.PublicKey.ToString());
            db.TrainingPools.Add(
                new TrainingPool
                {
                    Id = poolId,
                    OwnerAddress = "owner",
                    Name = "A pool of the tests",
                    Skills = [],
                    TokenSymbol = "SOL",
                    PricePerDemo = 1,
                    Status = TrainingPoolStatus.NoFunds,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                    UpdatedAt = TimeProvider.System.GetUtcNow(),
                }
            );
            db.DepositWallets.Add(
                new DepositWallet
                {
                    Id = binding.Id,
                    TrainingPoolId = poolId,
                    Address = binding.Address,
                    Key = new DepositWalletKey { WalletId = binding.Id, EncryptedPrivateKey = store(account, binding) },
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                }
            );
            planted.Add(binding);
        }
        await db.SaveChangesAsync();
        return planted;
    }

    /// <summary>Opens every planted key from what is stored now, and says under which master keys they are.</summary>
    internal async Task<Dictionary<string, int>> OpenAllAsync(IReadOnlyCollection<KeyBinding> planted)
    {
        using var ring = TestKeys.Ring(Second);
        await using var db = Context();
        var found = new Dictionary<string, int>();
        foreach (var binding in planted)
        {
            var stored = await db.DepositWalletKeys.Where(k => k.WalletId == binding.Id).Select(k => k.EncryptedPrivateKey).SingleAsync();
            var secretKey = new byte[64];
            var masterKey = Codec.Open(stored, binding, ring, secretKey);
            using var account = DepositKeyVault.Derive(secretKey, binding, masterKey);
            found[masterKey] = found.GetValueOrDefault(masterKey) + 1;
        }
        return found;
    }
}
