using System.Diagnostics;
using System.Threading.Channels;
using Clones.Bench.Servers;
using Clones.Domain.Payments;
using Npgsql;

namespace Clones.Bench.Acceptance;

/// <summary>
/// The same durable rows without any framework and without HTTP: as many clients, a writer for each wallet who takes what has gathered, locks
/// the wallet, sums its reservations and writes payments, transactions, reservations and messages by set-based SQL.
/// </summary>
internal sealed class AcceptCeiling(NpgsqlDataSource database, IReadOnlyList<BenchmarkPool> pools)
{
    private const string Recipient = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v";
    private static readonly string Body = new('x', 120);

    public static async Task<double> MeasureAsync(BenchmarkSystem system, AcceptOptions options)
    {
        await BenchmarkServers.ExecuteAsync(
            system.Servers.Database,
            """
            CREATE TABLE ceiling_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id uuid NOT NULL,
                destination text NOT NULL, body text NOT NULL, available_at timestamptz NOT NULL)
            """
        );
        await using var database = NpgsqlDataSource.Create(system.Servers.Postgres);
        var ceiling = new AcceptCeiling(database, system.Pools);
        await ceiling.RunAsync(options.Payments / 5, options.Clients);
        var clock = Stopwatch.StartNew();
        await ceiling.RunAsync(options.Payments, options.Clients);
        return options.Payments / clock.Elapsed.TotalSeconds;
    }

    private async Task RunAsync(int payments, int clients)
    {
        var lanes = pools.Select(_ => Channel.CreateUnbounded<TaskCompletionSource>()).ToArray();
        var writers = lanes.Select((lane, i) => WriteAsync(lane.Reader, pools[i])).ToArray();
        var left = payments;
        await Task.WhenAll(
            Enumerable
                .Range(0, clients)
                .Select(async _ =>
                {
                    for (var i = Interlocked.Decrement(ref left); i >= 0; i = Interlocked.Decrement(ref left))
                    {
                        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                        lanes[i % lanes.Length].Writer.TryWrite(done);
                        await done.Task;
                    }
                })
        );
        foreach (var lane in lanes)
        {
            lane.Writer.Complete();
        }
        await Task.WhenAll(writers);
    }

    private async Task WriteAsync(ChannelReader<TaskCompletionSource> lane, BenchmarkPool pool)
    {
        while (await lane.WaitToReadAsync())
        {
            var group = new List<TaskCompletionSource>();
            while (lane.TryRead(out var done))
            {
                group.Add(done);
            }
            await StoreAsync(pool, group.Count);
            group.ForEach(done => done.SetResult());
        }
    }

    private Task StoreAsync(BenchmarkPool pool, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray();
        var messages = AcceptedRows.Command(
            """
            INSERT INTO ceiling_outbox (message_id, destination, body, available_at)
            SELECT id, 'prepare-transaction', $1, now() FROM unnest($2::uuid[]) AS t(id)
            """,
            Body,
            ids
        );
        Guid[] transactions = [.. ids.Select((_, i) => ids[i - i % PayoutBatch.Max])];
        return AcceptedRows.StoreAsync(database, pool, ids, transactions, [.. ids.Select(_ => Recipient)], mint: null, messages);
    }
}
