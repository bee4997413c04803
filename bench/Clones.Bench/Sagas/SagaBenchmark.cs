using Spectre.Console;

namespace Clones.Bench.Sagas;

/// <summary>Saga transitions per second with inbox and outbox, beside what hand-written code reaches on the same servers.</summary>
internal static class SagaBenchmark
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        SagaBenchmarkOptions options;
        try
        {
            options = SagaBenchmarkOptions.Parse(args);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
        await using var servers = new BenchmarkServers(options);
        await servers.StartAsync();
        double? ceiling = options.Only is "store" ? null : await CeilingRun.MeasureAsync(servers, options);
        double? store = options.Only is "ceiling" ? null : await StoreRun.MeasureAsync(servers, options);

        var table = new Table().AddColumns("saga transitions, 6 a saga, one message each", "in parallel", "per second");
        if (ceiling is { } hand)
            table.AddRow("hand-written (RabbitMQ.Client + Npgsql)", $"{SagaBenchmarkOptions.CeilingParallel}", $"{hand:0}");
        if (store is { } ours)
            table.AddRow("MassTransit + Clones.Persistence.Messaging", $"{options.Parallel}", $"{ours:0}");
        AnsiConsole.Write(table);
        if (ceiling is { } most && store is { } reached)
            AnsiConsole.WriteLine($"{reached / most:P0} of the ceiling ({options.Events} events)");
        return 0;
    }
}
