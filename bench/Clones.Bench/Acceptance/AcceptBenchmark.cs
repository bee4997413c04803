using System.Diagnostics;
using System.Text.Json;
using Spectre.Console;

namespace Clones.Bench.Acceptance;

/// <summary>Payments accepted over HTTP, one by one and by batch, beside what hand-written SQL reaches on the same servers.</summary>
internal static class AcceptBenchmark
{
    private const int BatchSize = 500;
    private const int Batches = 5;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        AcceptOptions options;
        try
        {
            options = AcceptOptions.Parse(args);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        await using var servers = new AcceptServers(options);
        await servers.StartAsync();
        using var clients = new AcceptClients(servers, options.Clients);
        using var open = new AcceptClients(servers, 256);
        clients.Prepare(2 * options.Payments + (Batches + 1) * BatchSize);
        open.Prepare(options.Rate * options.Seconds);

        // Connections, prepared statements and compiled code.
        await clients.RunAsync(options.Payments / 2);
        await clients.BatchAsync(BatchSize);

        var (commits, calls, cpu) = (await servers.CommitsAsync(), servers.RpcRequests, CpuOf(servers.ApiProcess));
        var free = await clients.RunAsync(options.Payments);
        cpu = CpuOf(servers.ApiProcess) - cpu;
        // PostgreSQL counts a second behind.
        await Task.Delay(TimeSpan.FromSeconds(2));
        var commitsPerPayment = (double)(await servers.CommitsAsync() - commits) / options.Payments;
        var callsPerPayment = (double)(servers.RpcRequests - calls) / options.Payments;

        var paced = await open.RunAtAsync(options.Rate, options.Seconds);
        calls = servers.RpcRequests;
        var batches = new List<double>();
        for (var i = 0; i < Batches; i++)
        {
            batches.Add((await clients.BatchAsync(BatchSize)).TotalMilliseconds);
        }
        var callsPerBatch = (double)(servers.RpcRequests - calls) / Batches;
        var ceiling = await AcceptCeiling.MeasureAsync(servers, options);

        var table = new Table().AddColumns("payments accepted over HTTP", "figure");
        table.AddRow($"{options.Clients} clients, {options.Pools} training pools", $"{free.PerSecond:0}/s");
        table.AddRow("hand-written SQL, no HTTP, no framework", $"{ceiling:0}/s");
        table.AddRow("p50, p99 of these clients", $"{free.Percentile(0.5):0.0} ms, {free.Percentile(0.99):0.0} ms");
        table.AddRow(
            $"p50, p99 at {options.Rate}/s ({paced.PerSecond:0}/s reached)",
            $"{paced.Percentile(0.5):0.0} ms, {paced.Percentile(0.99):0.0} ms"
        );
        table.AddRow($"batch of {BatchSize}, median", $"{batches.Order().ElementAt(Batches / 2):0} ms");
        table.AddRow("commits of the database per payment", $"{commitsPerPayment:0.00}");
        table.AddRow("RPC requests per payment", $"{callsPerPayment:0.00}");
        table.AddRow($"RPC requests per batch of {BatchSize}", $"{callsPerBatch:0.0}");
        table.AddRow("processor time of the API per payment", $"{cpu.TotalMilliseconds / options.Payments:0.00} ms");
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
                    commits_per_payment = Math.Round(commitsPerPayment, 3),
                    rpc_per_payment = Math.Round(callsPerPayment, 3),
                    rpc_per_batch = callsPerBatch,
                    api_cpu_ms_per_payment = Math.Round(cpu.TotalMilliseconds / options.Payments, 3),
                }
            )
        );
        return 0;
    }

    private static TimeSpan CpuOf(int? process)
    {
        using var running = Process.GetProcessById(process ?? throw new InvalidOperationException("The API has ended."));
        return running.TotalProcessorTime;
    }
}
