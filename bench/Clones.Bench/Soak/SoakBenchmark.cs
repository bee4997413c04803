using System.Text.Json;
using Clones.Bench.Payments;
using Clones.Bench.Servers;
using Clones.Solana.Primitives;
using Npgsql;
using Spectre.Console;

namespace Clones.Bench.Soak;

/// <summary>A steady load for many minutes: what one API, one worker and the servers have in memory meanwhile, and whether that grows.</summary>
internal static class SoakBenchmark
{
    private const int KnownRecipients = 256;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = SoakOptions.Parse(args);
        await using var system = new BenchmarkSystem(options.Servers, options.Pools, inTokens: true, payoutBatch: options.Batch);
        await system.StartAsync();
        var recipients = PaymentBatch.NewRecipients(KnownRecipients);
        await system.KnowAsync(recipients);
        var audit = await PaymentsAudit.BeginAsync(system);
        await using var database = NpgsqlDataSource.Create(system.Servers.Postgres);
        await system.StartApiAsync();
        await system.StartWorkerAsync();

        var memory = new MemoryRecord(system);
        var began = TimeProvider.System.GetUtcNow();
        var times = await system.WatchAsync(async () =>
        {
            var reading = memory.ReadAsync(options.SampleEvery, TimeSpan.FromMinutes(options.Minutes));
            var accepted = await LoadAsync(system, options, recipients);
            await reading;
            await PaymentTimes.UntilCompletedAsync(database, accepted);
            return await PaymentTimes.ReadAsync(database, ofCeiling: false, began);
        });
        var completed = await CompletedByMinuteAsync(database, began);
        var audited = await audit.CheckAsync();

        Report(options, memory, times, completed, audited);
        return 0;
    }

    /// <summary>A batch each second, or more where one may not hold so many; one that is late does not move those behind it.</summary>
    /// <returns>How many payments were accepted.</returns>
    private static async Task<int> LoadAsync(BenchmarkSystem system, SoakOptions options, PublicKey[] recipients)
    {
        using var client = system.Client(connections: 4);
        var size = Math.Min(options.Rate, PaymentBatch.PaymentsMax);
        var (began, accepted) = (TimeProvider.System.GetTimestamp(), 0);
        while (accepted < 60 * options.Minutes * options.Rate)
        {
            var wait = TimeSpan.FromSeconds((double)accepted / options.Rate) - TimeProvider.System.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }
            var next = Enumerable.Range(accepted, size).Select(i => recipients[i % recipients.Length]).ToList();
            await PaymentsBenchmark.AcceptAsync([client], system, next);
            accepted += size;
        }
        return accepted;
    }

    private static async Task<IReadOnlyDictionary<int, long>> CompletedByMinuteAsync(NpgsqlDataSource database, DateTimeOffset began)
    {
        await using var command = database.CreateCommand(
            "SELECT floor(extract(epoch FROM completed_at - $1) / 60)::int, count(*) FROM payments GROUP BY 1"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = began });
        await using var reader = await command.ExecuteReaderAsync();
        var completed = new Dictionary<int, long>();
        while (await reader.ReadAsync())
        {
            completed.Add(reader.GetInt32(0), reader.GetInt64(1));
        }
        return completed;
    }

    private static void Report(
        SoakOptions options,
        MemoryRecord memory,
        PaymentTimes times,
        IReadOnlyDictionary<int, long> completed,
        int audited
    )
    {
        var minutes = memory.Processes.ToDictionary(p => p, memory.ByMinute);
        var table = new Table().AddColumns(["minute", "payments completed", .. memory.Processes.Select(p => $"{p}, MB")]);
        for (var i = 0; i < minutes["api"].Count; i++)
        {
            table.AddRow([$"{i + 1}", $"{completed.GetValueOrDefault(i)}", .. minutes.Values.Select(m => $"{m[i]:0}")]);
        }
        table.AddRow(["at most", "", .. memory.Processes.Select(p => $"{memory.Most(p):0}")]);
        table.AddRow(["MB per minute, last two thirds", "", .. memory.Processes.Select(p => $"{memory.Slope(p):0.00}")]);
        AnsiConsole.Write(table);
        Console.WriteLine($"Accepted to finalized: p50 {times.P50Seconds:0.00} s, p99 {times.P99Seconds:0.00} s.");
        Console.WriteLine($"Audited on chain: {audited} payments, each executed once.");
        Console.WriteLine();
        Console.WriteLine("```mermaid");
        Console.WriteLine("xychart-beta");
        Console.WriteLine($"    title \"Resident memory under {options.Rate} payments a second: {string.Join(", ", memory.Processes)}\"");
        Console.WriteLine($"    x-axis \"minute\" 1 --> {minutes["api"].Count}");
        Console.WriteLine($"    y-axis \"MB\" 0 --> {100 * Math.Ceiling(memory.Processes.Max(memory.Most) / 100):0}");
        foreach (var line in minutes.Values)
        {
            Console.WriteLine($"    line [{string.Join(", ", line.Select(m => $"{m:0}"))}]");
        }
        Console.WriteLine("```");
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    benchmark = "soak",
                    per_second = Math.Round(times.PerSecond, 1),
                    rate = options.Rate,
                    minutes = options.Minutes,
                    payments = audited,
                    p50_s = Math.Round(times.P50Seconds, 2),
                    p99_s = Math.Round(times.P99Seconds, 2),
                    mb_at_most = memory.Processes.ToDictionary(p => p, p => Math.Round(memory.Most(p))),
                    mb_at_end = minutes.ToDictionary(m => m.Key, m => Math.Round(m.Value[^1])),
                    mb_per_minute = memory.Processes.ToDictionary(p => p, p => Math.Round(memory.Slope(p), 2)),
                    pools = options.Pools,
                    batch = options.Batch,
                }
            )
        );
    }
}
