using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Clones.Bench.Servers;
using Clones.Custody;
using Clones.Domain.Keys;
using Clones.Hosting;
using Clones.Hosting.Bus;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Workers.Commands.Keys;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Spectre.Console;

namespace Clones.Bench.Keys;

/// <summary>
/// How fast a sweep brings keys in the plaintext of the old system under the current master key, by a real worker; beside one key after the other,
/// each in a transaction of its own, as the migration on use does it.
/// </summary>
internal static class KeysSweepBenchmark
{
    private const int OneByOne = 2_000;
    private const int NoLimit = 100_000;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (
            !int.TryParse(args is [] ? "100000" : args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var wallets)
            || args.Count > 1
        )
        {
            await Console.Error.WriteLineAsync("clones bench keys [WALLETS]");
            return 2;
        }
        await using var servers = new BenchmarkServers(new OptionReader([]).Servers());
        await servers.StartAsync();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["ConnectionStrings:Clones"] = servers.Postgres,
                    ["RABBITMQ_URL"] = servers.RabbitMqUrl.ToString(),
                    ["DEPOSIT_KEY_ENCRYPTION_SECRET"] = RandomNumberGenerator.GetHexString(64),
                    ["DEPOSIT_KEY_ENCRYPTION_SALT"] = RandomNumberGenerator.GetHexString(64),
                }
            )
            .Build();
        using var worker = Build(configuration);
        await using (var scope = worker.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ClonesDbContext>().Database.MigrateAsync();
        }
        await worker.StartAsync();
        await worker.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromMinutes(1));

        await PlantAsync(servers.Postgres, OneByOne);
        var single = await MigrateOneByOneAsync(worker.Services);
        await PlantAsync(servers.Postgres, wallets);
        var (took, atDefault) = await SweepAsync(worker.Services, NoLimit, wallets);
        await worker.StopAsync();

        var (perSecond, baseline) = (wallets / took.TotalSeconds, OneByOne / single.TotalSeconds);
        AnsiConsole.Write(
            new Table()
                .AddColumns("keys brought under the current master key", "keys", "seconds", "keys per second")
                .AddRow("one by one, a transaction each", $"{OneByOne}", $"{single.TotalSeconds:0.0}", $"{baseline:0}")
                .AddRow("sweep, without a limit", $"{wallets}", $"{took.TotalSeconds:0.0}", $"{perSecond:0}")
        );
        AnsiConsole.WriteLine($"{perSecond / baseline:0.0} times as fast as one by one; {atDefault}");
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    benchmark = "keys",
                    per_second = Math.Round(perSecond, 1),
                    baseline_per_second = Math.Round(baseline, 1),
                    ratio = Math.Round(perSecond / baseline, 2),
                    wallets,
                }
            )
        );
        return 0;
    }

    private static IHost Build(IConfiguration configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddConfiguration(configuration);
        builder
            .Services.AddClonesStore(configuration)
            .AddKeys(configuration)
            .AddScoped<SweepWatch>()
            .AddClonesBus(configuration, bus => bus.AddKeys());
        return builder.Build();
    }

    private static async Task<TimeSpan> MigrateOneByOneAsync(IServiceProvider services)
    {
        List<Guid> ids;
        await using (var scope = services.CreateAsyncScope())
        {
            ids = await scope.ServiceProvider.GetRequiredService<ClonesDbContext>().DepositWallets.Select(w => w.Id).ToListAsync();
        }
        var began = Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            using (
                await scope
                    .ServiceProvider.GetRequiredService<DepositKeyVault>()
                    .OpenAsync(id, Guid.CreateVersion7(), CancellationToken.None)
            ) { }
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        return Stopwatch.GetElapsedTime(began);
    }

    private static async Task<(TimeSpan Took, string AtDefault)> SweepAsync(IServiceProvider services, int rate, int wallets)
    {
        await using var scope = services.CreateAsyncScope();
        var began = Stopwatch.GetTimestamp();
        var code = await scope.ServiceProvider.GetRequiredService<SweepWatch>().RunAsync(rate, TextWriter.Null, CancellationToken.None);
        var took = Stopwatch.GetElapsedTime(began);
        return code == 0
            ? (
                took,
                $"at the default of {KeySweep.KeysPerSecondDefault} a second these take {Math.Max(took.TotalSeconds, wallets / (double)KeySweep.KeysPerSecondDefault):0} s"
            )
            : throw new InvalidOperationException("The sweep left keys behind.");
    }

    private static async Task PlantAsync(string postgres, int count)
    {
        await using var connection = new NpgsqlConnection(postgres);
        await connection.OpenAsync();
        var (ids, addresses, keys) = (new Guid[count], new string[count], new string[count]);
        var secretKey = new byte[Account.SecretKeyLength];
        for (var i = 0; i < count; i++)
        {
            using var account = Account.Generate();
            account.CopySecretKeyTo(secretKey);
            (ids[i], addresses[i], keys[i]) = (Guid.CreateVersion7(), account.PublicKey.ToString(), Convert.ToBase64String(secretKey));
        }
        await using var command = new NpgsqlCommand(
            """
            WITH planted AS (SELECT * FROM unnest(@ids, @addresses, @keys) AS p (id, address, key)),
            pools AS (
                INSERT INTO training_pools (id, owner_address, name, skills, token_symbol, price_per_demo, status, created_at, updated_at)
                SELECT id, 'owner', 'bench', '{}', 'SOL', 1, 'NO_FUNDS', now(), now() FROM planted)
            INSERT INTO deposit_wallets (id, training_pool_id, address, encrypted_private_key, settled_slot, created_at)
            SELECT id, id, address, key, 0, now() FROM planted
            """,
            connection
        );
        command.Parameters.AddWithValue("ids", ids);
        command.Parameters.AddWithValue("addresses", addresses);
        command.Parameters.AddWithValue("keys", keys);
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
        await BenchmarkServers.ExecuteAsync(postgres, "ANALYZE");
    }
}
