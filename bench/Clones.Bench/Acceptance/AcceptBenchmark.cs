using System.Text.Json;
using Clones.Bench.Servers;
using Spectre.Console;

namespace Clones.Bench.Acceptance;

/// <summary>Payments accepted over HTTP, one by one and by batch, beside what hand-written SQL reaches on the same servers.</summary>
internal static class AcceptBenchmark
{
    private const int Batches = 5;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = AcceptOptions.Parse(args);
        await using var system = new BenchmarkSystem(options.Servers, options.Pools, inTokens: false);
        await system.StartAsync();
        await using (var channel = await system.Servers.RabbitMq.CreateChannelAsync())
        {
            // Someone must want the messages, or the broker throws them away.
            await BenchmarkServers.DeclareAsync(channel, "prepare-transaction");
        }
        await system.StartApiAsync();
        using var clients = new AcceptClients(system, options.Clients);
        using var open = new AcceptClients(system, 256);
        clients.Prepare(2 * options.Payments + (Batches + 1) * PaymentBatch.PaymentsMax);
        open.Prepare(options.Rate * options.Seconds);

        // Connections, prepared statements and compiled code.
        await clients.RunAsync(options.Payments / 2);
        await clients.BatchAsync();

        var before = await ResourceUse.ReadAsync(system);
        var free = await clients.RunAsync(options.Payments);
        var each = (await ResourceUse.ReadAsync(system)).PerPayment(before, options.Payments);

        var paced = await open.RunAtAsync(options.Rate, options.Seconds);
        var calls = (await system.RequestsAsync()).Values.Sum();
        var batches = new List<double>();
        for (var i = 0; i < Batches; i++)
        {
            batches.Add((await clients.BatchAsync()).TotalMilliseconds);
        }
        var callsPerBatch = ((await system.RequestsAsync()).Values.Sum() - calls) / Batches;
        var ceiling = await AcceptCeiling.MeasureAsync(system, options);

        var table = new Table().AddColumns("payments accepted over HTTP", "figure");
        table.AddRow($"{options.Clients} clients, {options.Pools} training pools", $"{free.PerSecond:0}/s");
        table.AddRow("hand-written SQL, no HTTP, no framework", $"{ceiling:0}/s");
        table.AddRow("p50, p99 of these clients", $"{free.Percentile(0.5):0.0} ms, {free.Percentile(0.99):0.0} ms");
        table.AddRow(
            $"p50, p99 at {options.Rate}/s ({paced.PerSecond:0}/s reached)",
            $"{paced.Percentile(0.5):0.0} ms, {paced.Percentile(0.99):0.0} ms"
        );
        table.AddRow($"batch of {PaymentBatch.PaymentsMax}, median", $"{batches.Order().ElementAt(Batches / 2):0} ms");
        table.AddRow("commits of the database per payment", $"{each.Commits:0.00}");
        table.AddRow("RPC requests per payment", $"{each.Rpc.Values.Sum():0.00}");
        table.AddRow($"RPC requests per batch of {PaymentBatch.PaymentsMax}", $"{callsPerBatch:0.0}");
        foreach (var (process, seconds) in each.Processors)
        {
            table.AddRow($"processor time per payment, {process}", $"{1_000 * seconds:0.00} ms");
        }
        AnsiConsole.Write(table);
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    benchmark = "accept",
                    per_second = Math.Round(free.PerSecond, 1),
                    baseline_per_second = Math.Round(ceiling, 1),
                    ratio = Math.Round(free.PerSecond / ceiling, 3),
                    p50_ms_at_rate = Math.Round(paced.Percentile(0.5), 1),
                    p99_ms_at_rate = Math.Round(paced.Percentile(0.99), 1),
                    rate = options.Rate,
                    batch_ms = Math.Round(batches.Order().ElementAt(Batches / 2), 1),
                    commits_per_payment = Math.Round(each.Commits, 3),
                    rpc_per_payment = Math.Round(each.Rpc.Values.Sum(), 3),
                    rpc_per_batch = callsPerBatch,
                    cpu_ms_per_payment = each.Processors.ToDictionary(p => p.Key, p => Math.Round(1_000 * p.Value, 3)),
                }
            )
        );
        return 0;
    }
}
