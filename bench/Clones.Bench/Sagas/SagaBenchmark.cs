using System.Text.Json;
using Clones.Bench.Servers;
using MassTransit;
using Spectre.Console;

namespace Clones.Bench.Sagas;

/// <summary>Saga transitions per second with inbox and outbox, beside what hand-written code reaches on the same servers.</summary>
internal static class SagaBenchmark
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = SagaBenchmarkOptions.Parse(args);
        var ceiling = await RunAsync("ceiling", servers => CeilingRun.MeasureAsync(servers, options));
        var store = await RunAsync("store", servers => StoreRun.MeasureAsync(servers, options, ConcurrencyMode.Pessimistic));
        var groups = await RunAsync("groups", servers => StoreRun.MeasureAsync(servers, options, ConcurrencyMode.Optimistic));

        var table = new Table().AddColumns(
            "saga transitions, 6 a saga, one message each",
            "in parallel",
            "per second",
            "client CPU ms each",
            "PostgreSQL",
            "RabbitMQ"
        );
        AddRow("hand-written (RabbitMQ.Client + Npgsql)", SagaBenchmarkOptions.CeilingParallel, ceiling);
        AddRow("Clones.Messaging, row locks", options.Parallel, store);
        AddRow("Clones.Messaging, versions, in groups", options.Parallel, groups);
        AnsiConsole.Write(table);
        if (ceiling is not { } most || store is not { } reached || groups is not { } grouped)
        {
            return 0;
        }

        AnsiConsole.WriteLine(
            $"{reached.PerSecond / most.PerSecond:P0} of the ceiling with row locks, {grouped.PerSecond / most.PerSecond:P0} in groups ({options.Events} events)"
        );
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    benchmark = "saga",
                    per_second = Math.Round(reached.PerSecond, 1),
                    baseline_per_second = Math.Round(most.PerSecond, 1),
                    ratio = Math.Round(reached.PerSecond / most.PerSecond, 3),
                    client_cpu_ms = Math.Round(reached.Client, 3),
                    baseline_client_cpu_ms = Math.Round(most.Client, 3),
                    groups_per_second = Math.Round(grouped.PerSecond, 1),
                    groups_ratio = Math.Round(grouped.PerSecond / most.PerSecond, 3),
                    groups_client_cpu_ms = Math.Round(grouped.Client, 3),
                    events = options.Events,
                }
            )
        );
        return 0;

        // Each on a database and a virtual host of its own.
        async Task<Measured?> RunAsync(string name, Func<BenchmarkServers, Task<Measured>> measure)
        {
            if (options.Only is { } only && only != name)
            {
                return null;
            }

            await using var servers = new BenchmarkServers(options.Servers);
            await servers.StartAsync();
            return await measure(servers);
        }

        void AddRow(string what, int parallel, Measured? measured)
        {
            if (measured is { } run)
            {
                table.AddRow(
                    what,
                    $"{parallel}",
                    $"{run.PerSecond:0}",
                    $"{run.Client:0.00}",
                    $"{run.Postgres:0.00}",
                    $"{run.RabbitMq:0.00}"
                );
            }
        }
    }
}
