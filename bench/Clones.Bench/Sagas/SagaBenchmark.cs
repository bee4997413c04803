using Clones.Bench.Servers;
using Spectre.Console;

namespace Clones.Bench.Sagas;

/// <summary>Saga transitions per second with inbox and outbox, beside what hand-written code reaches on the same servers.</summary>
internal static class SagaBenchmark
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = SagaBenchmarkOptions.Parse(args);
        await using var servers = new BenchmarkServers(options.Servers);
        await servers.StartAsync();
        Measured? ceiling = options.Only is "store" ? null : await CeilingRun.MeasureAsync(servers, options);
        Measured? store = options.Only is "ceiling" ? null : await StoreRun.MeasureAsync(servers, options);

        var table = new Table().AddColumns(
            "saga transitions, 6 a saga, one message each",
            "in parallel",
            "per second",
            "client CPU ms each"
        );
        if (ceiling is { } hand)
        {
            table.AddRow(
                "hand-written (RabbitMQ.Client + Npgsql)",
                $"{SagaBenchmarkOptions.CeilingParallel}",
                $"{hand.PerSecond:0}",
                $"{hand.CpuMilliseconds:0.00}"
            );
        }

        if (store is { } ours)
        {
            table.AddRow("MassTransit + Clones.Messaging", $"{options.Parallel}", $"{ours.PerSecond:0}", $"{ours.CpuMilliseconds:0.00}");
        }

        AnsiConsole.Write(table);
        if (ceiling is { } most && store is { } reached)
        {
            AnsiConsole.WriteLine($"{reached.PerSecond / most.PerSecond:P0} of the ceiling ({options.Events} events)");
        }

        return 0;
    }
}
