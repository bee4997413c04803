using Clones.Custody;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Settlement.Deployments;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>
/// The real consumers of Deployments on a real database, broker and local cluster. The lifecycle is played by <see cref="Outcomes"/>, which
/// writes down what it is told, and settlement by <see cref="SettlesAtOnce"/>.
/// </summary>
public sealed class DeploymentHost : IAsyncLifetime
{
    // Finality comes after 1.6 s then; a blockhash lives 45 s, so that an owner signs in time on a busy machine. What is to expire is warped.
    private const int SlotMs = 50;
    private const int BlockhashAge = 900;
    private static readonly TimeSpan Patience = PatientWait.Patience;

    private readonly PostgresFixture postgres = new();
    private readonly RabbitMqFixture rabbit = new();
    private readonly LocalnetFixture localnet = new();
    private LocalnetAdmin admin = null!;
    private IHost host = null!;

    internal LockProbe Locks { get; private set; } = null!;

    internal Outcomes Outcomes => host.Services.GetRequiredService<Outcomes>();

    /// <summary>A pass of the sweeper, at the time when whatever is open is to be looked at again.</summary>
    internal async Task SweepAsync()
    {
        await WithAsync(db =>
            db.Database.ExecuteSqlAsync($"UPDATE transactions SET next_check_at = now() WHERE settled_at IS NULL AND next_check_at > now()")
        );
        await WithAsync(db => db.Database.ExecuteSqlAsync($"UPDATE agent_wake_ups SET next_at = now()"));
        await host.Services.GetRequiredService<DeploymentSweeper>().PassAsync(TestContext.Current.CancellationToken);
    }

    internal RpcEndpoints Rpc => host.Services.GetRequiredService<RpcEndpoints>();

    public async ValueTask InitializeAsync()
    {
        var cluster = localnet.StartAsync(SlotMs, "--blockhash-age", $"{BlockhashAge}");
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:Clones"] = await MigratedDatabase.CreateAsync(postgres),
            ["RABBITMQ_URL"] = (await rabbit.CreateVirtualHostAsync()).Amqp.ToString(),
            ["SOLANA_RPC_URLS"] = (await cluster).ToString(),
            ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = "a secret of the tests, of more than 32 characters",
            ["DEPOSIT_KEY_ENCRYPTION_SALT"] = "a salt of the tests",
            ["TOKEN_METADATA_URI"] = "https://clones.test/agents/{agentId}/metadata",
        };
        admin = new LocalnetAdmin(await cluster);
        Locks = new LockProbe(settings["ConnectionStrings:Clones"]!);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole();
        builder
            .Services.AddSingleton<Outcomes>()
            .AddSingleton(_ => RpcEndpoints.Parse(settings["SOLANA_RPC_URLS"]!, new HttpClient(Locks), TimeProvider.System))
            .AddClonesStore(builder.Configuration)
            .AddSolanaRpc(builder.Configuration)
            .AddKeys(builder.Configuration)
            .AddDeployments(builder.Configuration)
            .AddClonesBus(
                builder.Configuration,
                bus =>
                {
                    bus.AddDeployments();
                    bus.AddConsumer<Outcomes.Listener>();
                    bus.AddConsumer<SettlesAtOnce>();
                }
            );
        // Agents here stay in their status whatever is told of them; the tests let the sweeper pass when they want it.
        builder.Services.Remove(builder.Services.Single(s => s.ImplementationType == typeof(DeploymentSweeper)));
        builder.Services.AddSingleton<DeploymentSweeper>();
        host = builder.Build();
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            await db.ReadFenceAsync(CancellationToken.None);
        }

        await host.StartAsync();
        await host.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await host.EndAsync();
        admin.Dispose();
        await localnet.DisposeAsync();
        await rabbit.DisposeAsync();
        await postgres.DisposeAsync();
    }

    public Task PublishAsync<T>(T message)
        where T : class => host.Services.GetRequiredService<IBus>().Publish(message);

    internal async Task<T> WithAsync<T>(Func<IServiceProvider, ClonesDbContext, Task<T>> use)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await use(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ClonesDbContext>());
    }

    internal Task<T> WithAsync<T>(Func<ClonesDbContext, Task<T>> use) => WithAsync((_, db) => use(db));

    internal Task<object> OutcomeAsync(Guid agentId, int number = 1) =>
        PatientWait.UntilAsync(
            () => Task.FromResult(Outcomes.Of(agentId).ElementAtOrDefault(number - 1)),
            $"outcome {number} of the deployment"
        );

    internal async Task FundAsync(PublicKey address, ulong lamports)
    {
        await Rpc.Primary.RequestAirdropAsync(address, lamports);
        await PatientWait.UntilAsync(
            async () => (await Rpc.Primary.GetBalanceAsync(address)).Value >= lamports ? "funded" : null,
            "the airdrop to be final"
        );
    }

    /// <summary>Makes the blocks that are missing to this height, confirmed.</summary>
    internal async Task WarpToAsync(ulong height)
    {
        var now = await Rpc.Primary.GetBlockHeightAsync(Commitment.Confirmed);
        if (now < height)
        {
            await admin.WarpAsync((int)(height - now));
        }
    }
}
