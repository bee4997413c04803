using Clones.Api.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Pools;
using Clones.Domain.Wallets;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Lifecycle;
using Clones.Messaging.Outbox;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Settlement;
using Clones.Settlement.Ledger;
using Clones.Settlement.Store;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Simulation.Tests.Conformance;

/// <summary>As the workers have it: migrated, with the real outbox. The bus is never started, so that what is published stays there to be counted.</summary>
internal sealed class PostgresPorts : StorePorts
{
    private ServiceProvider services = null!;
    private AsyncServiceScope api;

    public override ISettlementStore Store => services.GetRequiredService<ISettlementStore>();

    public override ILedgerStore Ledger => new DatabaseLedgerStore(services.GetRequiredService<IServiceScopeFactory>());

    public override IOwnerTransactionStore Owners => api.ServiceProvider.GetRequiredService<IOwnerTransactionStore>();

    public override async Task RunAsync(Func<Task> test)
    {
        await using var postgres = new PostgresFixture();
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = await MigratedDatabase.CreateAsync(postgres),
            ["RABBITMQ_URL"] = "amqp://nobody:nothing@127.0.0.1:1/none",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        await using var provider = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(Options)
            .AddClonesStore(configuration)
            .AddSettlementStore(configuration)
            .AddAgentLifecycle()
            .AddScoped<IOwnerTransactionStore, DatabaseOwnerTransactions>()
            .AddClonesBus(configuration)
            .BuildServiceProvider();
        services = provider;
        await using (api = provider.CreateAsyncScope())
        {
            // Open, as it is made before the first wallet.
            await WithAsync(db => db.ReadFenceAsync(default));
            await test();
        }
    }

    public override Task<DateTimeOffset> NowAsync() =>
        WithAsync(async db => (await db.Database.SqlQuery<DateTimeOffset>($"""SELECT now() AS "Value" """).ToListAsync())[0]);

    public override async Task<IPortScope> BeginAsync()
    {
        var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
        return new Scope(scope, db, await db.Database.BeginTransactionAsync());
    }

    public override Task PutAsync(params IEnumerable<object> rows) =>
        WithAsync(async db =>
        {
            foreach (var row in rows)
            {
                if (row is DepositWallet wallet)
                {
                    db.Add(PoolOf(wallet));
                }
                db.Add(row);
                await db.SaveChangesAsync();
            }
            return true;
        });

    public override Task<IReadOnlyList<T>> AllAsync<T>() =>
        WithAsync<IReadOnlyList<T>>(async db => await db.Set<T>().AsNoTracking().ToListAsync());

    public override Task<int> PublishedAsync() => WithAsync(db => db.Set<OutboxMessage>().CountAsync());

    public override async Task UntilItWaitsAsync(Task call)
    {
        const string Waiting = """
            SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
            """;
        while (await WithAsync(async db => (await db.Database.SqlQueryRaw<int>(Waiting).ToListAsync())[0]) == 0)
        {
            call.IsCompleted.ShouldBeFalse();
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    private async Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use)
    {
        await using var scope = services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }

    private static TrainingPool PoolOf(DepositWallet wallet) =>
        new()
        {
            Id = wallet.TrainingPoolId,
            OwnerAddress = "owner",
            Name = "A pool",
            Skills = [],
            TokenSymbol = "SOL",
            PricePerDemo = 1,
            Status = TrainingPoolStatus.Live,
            CreatedAt = wallet.CreatedAt,
            UpdatedAt = wallet.CreatedAt,
        };

    private sealed class Scope(AsyncServiceScope scope, ClonesDbContext db, IDbContextTransaction commit) : IPortScope
    {
        public IDeploymentWork Work => scope.ServiceProvider.GetRequiredService<IDeploymentWork>();

        public ILifecycleRows Lifecycle => scope.ServiceProvider.GetRequiredService<ILifecycleRows>();

        public void Add(WalletKeyEvent noted) => db.KeyEvents.Add(noted);

        public async Task CommitAsync()
        {
            await db.SaveChangesAsync();
            await commit.CommitAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await commit.DisposeAsync();
            await scope.DisposeAsync();
        }
    }
}
