using System.Text.Json;
using Clones.Bench.Acceptance;
using Clones.Bench.Payments;
using Clones.Bench.Servers;
using Clones.Solana.Primitives;
using Clones.Testing.Growth;
using Npgsql;
using Spectre.Console;

namespace Clones.Bench.Growth;

/// <summary>The same load in an empty database and in one with a long past; then how fast that answers, and what it costs to do nothing.</summary>
internal static class GrowthBenchmark
{
    private const int KnownRecipients = 256;

    /// <summary>What of the servers idles with the hosts; the local cluster makes a slot every 50 ms, whatever is asked of it.</summary>
    private static readonly string[] Idling = ["api", "workers", "postgres", "rabbitmq"];

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = GrowthOptions.Parse(args);
        await using var system = new BenchmarkSystem(options.Servers, options.Pools, inTokens: true);
        await system.StartAsync();
        var recipients = PaymentBatch.NewRecipients(KnownRecipients);
        await system.KnowAsync(recipients);
        await using var database = NpgsqlDataSource.Create(system.Servers.Postgres);

        var empty = await LoadAsync(system, database, options, recipients);
        await system.StopHostsAsync();
        await new GrownDatabase(options.Size, system.Mint!.Value.ToString()).FillAsync(system.Servers.Database, Say);
        var sizes = await TableSize.ReadAsync(database, options.Size.Payments);
        await BenchmarkServers.ExecuteAsync(system.Servers.Database, "CHECKPOINT");
        var grown = await LoadAsync(system, database, options, recipients);
        Say("lists");
        var lists = await ListRequests.MeasureAsync(system, database, options.Requests);
        // What was written is on disk then: nothing of it is idling.
        await BenchmarkServers.ExecuteAsync(system.Servers.Database, "CHECKPOINT");
        Say($"idle for {options.IdleSeconds} s");
        var idle = await IdleAsync(system, options.IdleSeconds);

        Report(options, empty, grown, lists, idle, sizes);
        return 0;
    }

    /// <summary>By fresh hosts, which go on running.</summary>
    private static async Task<Load> LoadAsync(
        BenchmarkSystem system,
        NpgsqlDataSource database,
        GrowthOptions options,
        PublicKey[] recipients
    )
    {
        await system.StartApiAsync();
        await system.StartWorkerAsync();
        using var client = system.Client(connections: 4);
        Say($"{options.WarmUp} payments to warm up");
        await PayAsync(options.WarmUp);
        Say($"{options.Load} payments");
        var used = await ResourceUse.ReadAsync(system);
        var since = await PayAsync(options.Load);
        var each = (await ResourceUse.ReadAsync(system)).PerPayment(used, options.Load);
        return new Load(await PaymentTimes.ReadAsync(database, ofCeiling: false, since), each);

        async Task<DateTimeOffset> PayAsync(int count)
        {
            var begin = TimeProvider.System.GetUtcNow();
            await PaymentsBenchmark.AcceptAsync(
                [client],
                system,
                [.. Enumerable.Range(0, count).Select(i => recipients[i % recipients.Length])]
            );
            await PaymentTimes.UntilCompletedAsync(database, count, begin);
            return begin;
        }
    }

    /// <returns>Share of one core, by process.</returns>
    private static async Task<IReadOnlyDictionary<string, double>> IdleAsync(BenchmarkSystem system, int seconds)
    {
        var before = await ResourceUse.ReadAsync(system);
        var begin = TimeProvider.System.GetTimestamp();
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        var after = await ResourceUse.ReadAsync(system);
        var took = TimeProvider.System.GetElapsedTime(begin).TotalSeconds;
        return after.Processors.ToDictionary(p => p.Key, p => (p.Value - before.Processors[p.Key]) / took);
    }

    private static void Report(
        GrowthOptions options,
        Load empty,
        Load grown,
        IReadOnlyDictionary<string, Latencies> lists,
        IReadOnlyDictionary<string, double> idle,
        IReadOnlyList<TableSize> sizes
    )
    {
        var ratio = grown.Times.PerSecond / empty.Times.PerSecond;
        var idling = Idling.Sum(p => idle.GetValueOrDefault(p));
        var table = new Table().AddColumns($"{options.Load} payments, {options.Pools} pools", "empty", "grown");
        Row("accepted to finalized, per second", load => load.Times.PerSecond, "0.0");
        Row("in the steady middle, per second", load => load.Times.SteadyPerSecond, "0.0");
        Row("p99 from acceptance to completion, seconds", load => load.Times.P99Seconds, "0.00");
        table.AddRow("[b]of each payment[/]", "", "");
        Row("commits of the database", load => load.Each.Commits, "0.00");
        Row("RPC requests", load => load.Each.Rpc.Values.Sum(), "0.00");
        Row("kilobytes of write-ahead log", load => load.Each.LogBytes / 1_000, "0.0");
        foreach (var process in grown.Each.Processors.Keys)
        {
            Row($"processor milliseconds, {process}", load => 1_000 * load.Each.Processors.GetValueOrDefault(process), "0.00");
        }
        AnsiConsole.Write(table);

        var latencies = new Table().AddColumns($"{options.Requests} requests, milliseconds", "p50", "p99");
        foreach (var (name, list) in lists)
        {
            latencies.AddRow(name.EscapeMarkup(), $"{list.Percentile(0.5):0.0}", $"{list.Percentile(0.99):0.0}");
        }
        AnsiConsole.Write(latencies);

        var idleTable = new Table().AddColumns($"idle for {options.IdleSeconds} s", "% of a core");
        foreach (var (process, share) in idle)
        {
            idleTable.AddRow(process, $"{100 * share:0.0}");
        }
        idleTable.AddRow(string.Join(" + ", Idling), $"{100 * idling:0.0}");
        AnsiConsole.Write(idleTable);

        var space = new Table().AddColumns("table", "rows", "MB", "of it indexes", "bytes per payment");
        foreach (var size in sizes)
        {
            space.AddRow(size.Table, $"{size.Rows:N0}", $"{size.Megabytes:N0}", $"{size.IndexMegabytes:N0}", $"{size.BytesPerPayment:N0}");
        }
        AnsiConsole.Write(space);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    benchmark = "growth",
                    per_second = Math.Round(grown.Times.PerSecond, 1),
                    baseline_per_second = Math.Round(empty.Times.PerSecond, 1),
                    ratio = Math.Round(ratio, 3),
                    steady_per_second = Math.Round(grown.Times.SteadyPerSecond, 1),
                    baseline_steady_per_second = Math.Round(empty.Times.SteadyPerSecond, 1),
                    p99_ms = lists.ToDictionary(l => l.Key, l => Math.Round(l.Value.Percentile(0.99), 1)),
                    idle_percent = Math.Round(100 * idling, 1),
                    bytes_per_payment = Math.Round(sizes.Sum(s => s.BytesPerPayment)),
                    payments = options.Size.Payments,
                    wallets = options.Size.Wallets,
                    agents = options.Size.Agents,
                    load = options.Load,
                }
            )
        );

        void Row(string what, Func<Load, double> figure, string format) =>
            table.AddRow(what, figure(empty).ToString(format), figure(grown).ToString(format));
    }

    /// <param name="Each">What each payment of it used.</param>
    private sealed record Load(PaymentTimes Times, ResourceUse Each);

    private static void Say(string what) => Console.Error.WriteLine($"{TimeProvider.System.GetLocalNow():HH:mm:ss} {what}");
}
