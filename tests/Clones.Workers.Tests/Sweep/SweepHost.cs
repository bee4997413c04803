using Clones.Custody;
using Clones.Custody.Audit;
using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Persistence;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Keys;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clones.Workers.Tests.Sweep;

/// <summary>Workers that sweep, and the command that asks them to, on a real database and broker. Nothing here needs a chain.</summary>
internal sealed class SweepHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = PatientWait.Patience;
    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbit = new();
    private readonly List<IHost> hosts = [];
    private Dictionary<string, string?> settings = [];

    public PlannedCrashes Crashes { get; } = new();
    public CapturedLog Log { get; } = new();
    public SweptWallets Wallets { get; private set; } = null!;

    /// <summary>As environment variables of a process.</summary>
    public Dictionary<string, string?> Environment => settings.ToDictionary(s => s.Key.Replace(":", "__"), s => s.Value);

    public static async Task<SweepHost> StartAsync()
    {
        var host = new SweepHost();
        var database = await MigratedDatabase.CreateAsync(host.postgres);
        host.settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = database,
            ["RABBITMQ_URL"] = (await host.rabbit.CreateVirtualHostAsync()).Amqp.ToString(),
        };
        host.Wallets = new SweptWallets(database);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in hosts)
        {
            await host.EndAsync();
        }
        await rabbit.DisposeAsync();
        await postgres.DisposeAsync();
    }

    public async Task<IHost> StartWorkerAsync(IReadOnlyDictionary<string, string?> keys)
    {
        var worker = Build(
            keys,
            (services, configuration) =>
                services
                    .AddSingleton<ICrashPoints>(Crashes)
                    .AddClonesStore(configuration)
                    .AddKeys(configuration)
                    .AddClonesBus(configuration, bus => bus.AddKeys())
                    .StopSoon()
        );
        await worker.StartAsync();
        await worker.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Patience);
        return worker;
    }

    /// <summary><c>keys sweep</c>, as a process of its own would do it.</summary>
    public async Task<(int Code, string Output)> SweepAsync(int keysPerSecondMax = KeySweep.KeysPerSecondDefault)
    {
        var command = Build(
            new Dictionary<string, string?>(),
            (services, configuration) => KeysCommand.AddServices(services, configuration, withMasterKeys: false)
        );
        await using var scope = command.Services.CreateAsyncScope();
        await using var output = new StringWriter();
        var watch = scope.ServiceProvider.GetRequiredService<SweepWatch>();
        var code = await watch
            .RunAsync(keysPerSecondMax, output, TestContext.Current.CancellationToken)
            .OrGiveUpAsync("the sweep to end", TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    public async Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use)
    {
        await using var db = ClonesDbContextOptions.Open(settings["ConnectionStrings:Clones"]!);
        return await use(db);
    }

    public Task<KeySweep> OnlySweepAsync() => WithAsync(db => db.KeySweeps.AsNoTracking().SingleAsync());

    public Task<KeySweep> UntilSweepAsync(Func<KeySweep, bool> isSo, string what) =>
        PatientWait.UntilAsync(
            async () => await WithAsync(db => db.KeySweeps.AsNoTracking().FirstOrDefaultAsync()) is { } sweep && isSo(sweep) ? sweep : null,
            what
        );

    public Task<List<WalletKeyEvent>> EventsAsync(KeyEventKind kind) =>
        WithAsync(db => db.KeyEvents.AsNoTracking().Where(e => e.Kind == kind).OrderBy(e => e.Id).ToListAsync());

    public async Task ShouldPassAuditAsync()
    {
        var (_, findings) = await WithAsync(db => new KeyAudit(db).RunAsync(null, TestContext.Current.CancellationToken));
        findings.ShouldBeEmpty();
    }

    private IHost Build(IReadOnlyDictionary<string, string?> keys, Action<IServiceCollection, IConfiguration> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings).AddInMemoryCollection(keys);
        builder.Logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log);
        add(builder.Services, builder.Configuration);
        var host = builder.Build();
        hosts.Add(host);
        return host;
    }
}
