using System.Diagnostics;
using System.Threading.Channels;
using Clones.Bench.Sagas;
using Npgsql;

namespace Clones.Bench.Acceptance;

/// <summary>
/// The same durable rows without any framework and without HTTP: as many clients, a writer for each wallet who takes what has gathered, locks
/// the wallet, sums its reservations and writes payments, transactions, reservations and messages by set-based SQL.
/// </summary>
internal sealed class AcceptCeiling(NpgsqlDataSource database, IReadOnlyList<(Guid Pool, Guid Wallet)> wallets)
{
    private static readonly string Body = new('x', 120);

    public static async Task<double> MeasureAsync(AcceptServers servers, AcceptOptions options)
    {
        await BenchmarkServers.ExecuteAsync(
            servers.Database,
            """
            CREATE TABLE ceiling_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id uuid NOT NULL,
                destination text NOT NULL, body text NOT NULL, available_at timestamptz NOT NULL)
            """
        );
        await using var database = new NpgsqlDataSourceBuilder(
            new NpgsqlConnectionStringBuilder(servers.Database) { MaxAutoPrepare = 50 }.ConnectionString
        ).Build();
        var wallets = new List<(Guid, Guid)>();
        await using (var reader = await database.CreateCommand("SELECT training_pool_id, id FROM deposit_wallets").ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                wallets.Add((reader.GetGuid(0), reader.GetGuid(1)));
            }
        }
        var ceiling = new AcceptCeiling(database, wallets);
        await ceiling.RunAsync(options.Payments / 5, options.Clients);
        var clock = Stopwatch.StartNew();
        await ceiling.RunAsync(options.Payments, options.Clients);
        return options.Payments / clock.Elapsed.TotalSeconds;
    }

    private async Task RunAsync(int payments, int clients)
    {
        var lanes = wallets.Select(_ => Channel.CreateUnbounded<TaskCompletionSource>()).ToArray();
        var writers = lanes.Select((lane, i) => WriteAsync(lane.Reader, wallets[i])).ToArray();
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

    private async Task WriteAsync(ChannelReader<TaskCompletionSource> lane, (Guid Pool, Guid Wallet) wallet)
    {
        while (await lane.WaitToReadAsync())
        {
            var group = new List<TaskCompletionSource>();
            while (lane.TryRead(out var done))
            {
                group.Add(done);
            }
            await StoreAsync(wallet, group.Count);
            group.ForEach(done => done.SetResult());
        }
    }

    private async Task StoreAsync((Guid Pool, Guid Wallet) wallet, int count)
    {
        var ids = Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7()).ToArray();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var read = new NpgsqlBatch(connection, transaction))
        {
            read.BatchCommands.Add(Command("SELECT settled_slot FROM deposit_wallets WHERE id = $1 FOR NO KEY UPDATE", wallet.Wallet));
            read.BatchCommands.Add(
                Command("SELECT sum(amount) FROM wallet_reservations WHERE wallet_id = $1 AND released_at IS NULL", wallet.Wallet)
            );
            await read.ExecuteNonQueryAsync();
        }
        await using (var write = new NpgsqlBatch(connection, transaction))
        {
            write.BatchCommands.Add(
                Command(
                    """
                    INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups, created_at)
                    SELECT id, 'PAYMENT', 'ACCEPTED', $1, 1, 0, 0, 0, now() FROM unnest($2::uuid[]) AS t(id)
                    """,
                    wallet.Wallet,
                    ids
                )
            );
            write.BatchCommands.Add(
                Command(
                    """
                    INSERT INTO payments (id, kind, training_pool_id, wallet_id, transaction_id, recipient, amount, status, caller,
                        idempotency_key, request_hash, created_at)
                    SELECT id, 'REWARD', $1, $2, id, 'EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v', 1000000, 'ACCEPTED', 'api-key:ceiling',
                        id::text, sha256(id::text::bytea), now()
                    FROM unnest($3::uuid[]) AS t(id)
                    """,
                    wallet.Pool,
                    wallet.Wallet,
                    ids
                )
            );
            write.BatchCommands.Add(
                Command(
                    """
                    INSERT INTO wallet_reservations (id, wallet_id, transaction_id, amount, created_at)
                    SELECT id, $1, id, 1105000, now() FROM unnest($2::uuid[]) AS t(id)
                    """,
                    wallet.Wallet,
                    ids
                )
            );
            write.BatchCommands.Add(
                Command(
                    """
                    INSERT INTO ceiling_outbox (message_id, destination, body, available_at)
                    SELECT id, 'prepare-transaction', $1, now() FROM unnest($2::uuid[]) AS t(id)
                    """,
                    Body,
                    ids
                )
            );
            await write.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        return command;
    }
}
