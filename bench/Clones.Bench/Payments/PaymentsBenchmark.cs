using System.Text.Json;
using Clones.Bench.Servers;
using Clones.Solana.Primitives;
using Npgsql;
using Spectre.Console;

namespace Clones.Bench.Payments;

/// <summary>Payments from acceptance to finalized, by real hosts, beside what hand-written SQL reaches on the same servers and cluster.</summary>
internal static class PaymentsBenchmark
{
    private const int KnownRecipients = 256;

    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        var options = PaymentsOptions.Parse(args);
        await using var system = new BenchmarkSystem(options.Servers, options.Pools, inTokens: true, options.Latency, options.Batch);
        await system.StartAsync();
        var recipients = await RecipientsAsync(system, options);
        var audit = await PaymentsAudit.BeginAsync(system);
        await using var database = NpgsqlDataSource.Create(system.Servers.Postgres);
        for (var i = 0; i < options.Apis; i++)
        {
            await system.StartApiAsync();
        }
        for (var i = 0; i < options.Workers; i++)
        {
            await system.StartWorkerAsync();
        }

        List<HttpClient> clients = [.. Enumerable.Range(0, options.Apis).Select(api => system.Client(connections: 4, api: api))];
        var product = await system.WatchAsync(() =>
            MeasureAsync(
                system,
                database,
                options,
                ofCeiling: false,
                async (some, stored) =>
                {
                    await AcceptAsync(clients, system, some);
                    await PaymentTimes.UntilCompletedAsync(database, stored);
                },
                recipients
            )
        );
        clients.ForEach(client => client.Dispose());
        var memory = Memory.Of(system.WorkerProcesses);
        await audit.CheckAsync();
        await system.StopHostsAsync();

        await using var hand = await PaymentsCeiling.CreateAsync(system, options);
        var ceiling = await MeasureAsync(system, database, options, ofCeiling: true, (some, _) => hand.RunAsync(some), recipients);
        var audited = await audit.CheckAsync();

        Report(options, product, ceiling, memory, audited);
        return 0;
    }

    private static async Task<IReadOnlyList<PublicKey>> RecipientsAsync(BenchmarkSystem system, PaymentsOptions options)
    {
        if (options.NewRecipients)
        {
            return PaymentBatch.NewRecipients(2 * (options.WarmUp + options.Payments));
        }
        var known = PaymentBatch.NewRecipients(KnownRecipients);
        await system.KnowAsync(known);
        return known;
    }

    /// <param name="pay">Pays these, and waits until so many payments of the database are completed.</param>
    private static async Task<Run> MeasureAsync(
        BenchmarkSystem system,
        NpgsqlDataSource database,
        PaymentsOptions options,
        bool ofCeiling,
        Func<IReadOnlyList<PublicKey>, int, Task> pay,
        IReadOnlyList<PublicKey> recipients
    )
    {
        var before = ofCeiling ? options.WarmUp + options.Payments : 0;
        var all = Enumerable.Range(before, options.WarmUp + options.Payments).Select(i => recipients[i % recipients.Count]).ToList();
        // Connections, prepared statements and compiled code.
        await pay(all[..options.WarmUp], before + options.WarmUp);

        var (used, lamports) = (await ResourceUse.ReadAsync(system), await LamportsAsync(system));
        var since = TimeProvider.System.GetUtcNow();
        await pay(all[options.WarmUp..], before + all.Count);
        var each = (await ResourceUse.ReadAsync(system)).PerPayment(used, options.Payments);
        var times = await PaymentTimes.ReadAsync(database, ofCeiling, since);
        return times.Completed == options.Payments
            ? new Run(times, each, (lamports - await LamportsAsync(system)) / options.Payments)
            : throw new InvalidOperationException($"{times.Completed} of {options.Payments} payments are completed.");
    }

    /// <summary>By the batch endpoint, each pool in its turn; by all clients at once, each batch by the next of them.</summary>
    public static Task AcceptAsync(IReadOnlyList<HttpClient> clients, BenchmarkSystem system, IReadOnlyList<PublicKey> recipients)
    {
        var payments = recipients.Select((r, i) => (system.Pools[i % system.Pools.Count].Id, $"{r}"));
        var batches = payments.Chunk(PaymentBatch.PaymentsMax).Index().ToLookup(b => b.Index % clients.Count, b => b.Item);
        return Task.WhenAll(batches.Select(mine => SendAsync(clients[mine.Key], mine)));

        static async Task SendAsync(HttpClient client, IEnumerable<(Guid, string)[]> batches)
        {
            foreach (var batch in batches)
            {
                await PaymentBatch.SendAsync(client, batch);
            }
        }
    }

    private static async Task<double> LamportsAsync(BenchmarkSystem system)
    {
        var balances = await Task.WhenAll(system.Pools.Select(p => system.Node.GetBalanceAsync(p.Wallet.PublicKey)));
        return balances.Sum(b => (double)b.Value);
    }

    private static void Report(PaymentsOptions options, Run product, Run ceiling, Memory memory, int audited)
    {
        var recipients = options.NewRecipients ? "new" : "existing";
        var table = new Table().AddColumns(
            $"{options.Payments} payments, {options.Pools} pools, {options.Apis} API(s), {options.Workers} worker(s), {options.Batch} a transaction, {recipients} token accounts",
            "clones",
            "by hand"
        );
        Row("accepted to finalized, per second", run => run.Times.PerSecond, "0.0");
        Row("in the steady middle, per second", run => run.Times.SteadyPerSecond, "0.0");
        Row("p50 from acceptance to completion, seconds", run => run.Times.P50Seconds, "0.00");
        Row("p99", run => run.Times.P99Seconds, "0.00");
        table.AddRow("[b]of each payment[/]", "", "");
        Row("commits of the database", run => run.Each.Commits, "0.00");
        Row("messages published", run => run.Each.Published, "0.00");
        Row("messages marked in the inbox", run => run.Each.Handled, "0.00");
        Row("kilobytes of write-ahead log", run => run.Each.LogBytes / 1_000, "0.0");
        Row("lamports", run => run.Lamports, "0");
        Row("RPC requests", run => run.Each.Rpc.Values.Sum(), "0.00");
        foreach (var method in product.Each.Rpc.Keys.Union(ceiling.Each.Rpc.Keys).Order())
        {
            Row($"  {method}", run => run.Each.Rpc.GetValueOrDefault(method), "0.000");
        }
        Row("processor milliseconds", run => 1_000 * run.Each.Processors.Values.Sum(), "0.00");
        foreach (var process in product.Each.Processors.Keys)
        {
            Row($"  {process}", run => 1_000 * run.Each.Processors.GetValueOrDefault(process), "0.00");
        }
        AnsiConsole.Write(table);
        Console.WriteLine($"Memory of the largest worker: {memory.Megabytes:0} MB at the end, {memory.PeakMegabytes:0} MB at most.");
        Console.WriteLine($"Audited on chain: {audited} payments, each executed once.");
        Console.WriteLine(
            JsonSerializer.Serialize(
                new
                {
                    benchmark = "payments",
                    per_second = Math.Round(product.Times.PerSecond, 1),
                    baseline_per_second = Math.Round(ceiling.Times.PerSecond, 1),
                    ratio = Math.Round(product.Times.PerSecond / ceiling.Times.PerSecond, 3),
                    steady_per_second = Math.Round(product.Times.SteadyPerSecond, 1),
                    baseline_steady_per_second = Math.Round(ceiling.Times.SteadyPerSecond, 1),
                    p50_s = Math.Round(product.Times.P50Seconds, 2),
                    p99_s = Math.Round(product.Times.P99Seconds, 2),
                    commits_per_payment = Math.Round(product.Each.Commits, 3),
                    messages_per_payment = Math.Round(product.Each.Published, 3),
                    rpc_per_payment = Math.Round(product.Each.Rpc.Values.Sum(), 3),
                    lamports_per_payment = Math.Round(product.Lamports, 1),
                    cpu_ms_per_payment = product.Each.Processors.ToDictionary(p => p.Key, p => Math.Round(1_000 * p.Value, 3)),
                    workers_mb = Math.Round(memory.Megabytes),
                    workers_mb_peak = Math.Round(memory.PeakMegabytes),
                    payments = options.Payments,
                    pools = options.Pools,
                    apis = options.Apis,
                    workers = options.Workers,
                    batch = options.Batch,
                    recipients,
                    latency_ms = options.Latency.TotalMilliseconds,
                }
            )
        );

        void Row(string what, Func<Run, double> figure, string format) =>
            table.AddRow(what, figure(product).ToString(format), figure(ceiling).ToString(format));
    }

    /// <param name="Each">What each payment has used.</param>
    /// <param name="Lamports">That each payment has cost its wallet.</param>
    private sealed record Run(PaymentTimes Times, ResourceUse Each, double Lamports);
}
