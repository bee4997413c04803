using Clones.Bench.Servers;
using Clones.Solana.Primitives;
using Npgsql;

namespace Clones.Bench.Acceptance;

/// <summary>The rows of accepted payments, by set-based SQL and no framework.</summary>
internal static class AcceptedRows
{
    public const string Caller = "api-key:ceiling";

    /// <summary>Base units, of whatever is paid in.</summary>
    public const long Amount = 1_000;

    private const long FeeAndRentLamports = 2_144_280;

    /// <summary>
    /// Locks the wallet, sums its reservations, and writes payments, transactions and reservations: one commit for the group.
    /// </summary>
    /// <param name="database">With statements that are prepared by themselves.</param>
    /// <param name="pool">That pays all of them.</param>
    /// <param name="ids">Of the payments.</param>
    /// <param name="transactionIds">That carry them, one for each id.</param>
    /// <param name="recipients">One for each id.</param>
    /// <param name="mint">What they are paid in; null for SOL.</param>
    /// <param name="also">What else is written in this commit.</param>
    public static async Task StoreAsync(
        NpgsqlDataSource database,
        BenchmarkPool pool,
        Guid[] ids,
        Guid[] transactionIds,
        string[] recipients,
        PublicKey? mint,
        params NpgsqlBatchCommand[] also
    )
    {
        var transactions = transactionIds.CountBy(id => id).ToList();
        var distinct = transactions.ConvertAll(t => t.Key).ToArray();
        var counts = transactions.ConvertAll(t => t.Value).ToArray();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (
            var read = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    Command("SELECT settled_slot FROM deposit_wallets WHERE id = $1 FOR NO KEY UPDATE", pool.WalletId),
                    Command(
                        "SELECT mint, sum(amount) FROM wallet_reservations WHERE wallet_id = $1 AND released_at IS NULL GROUP BY mint",
                        pool.WalletId
                    ),
                },
            }
        )
        {
            await read.ExecuteNonQueryAsync();
        }
        await using var write = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                Command(
                    """
                    INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups, created_at)
                    SELECT id, 'PAYMENT', 'ACCEPTED', $1, 1, 0, 0, 0, clock_timestamp() FROM unnest($2::uuid[]) AS t(id)
                    """,
                    pool.WalletId,
                    distinct
                ),
                Command(
                    """
                    INSERT INTO payments (id, kind, training_pool_id, wallet_id, transaction_id, recipient, mint, amount, status, caller,
                        idempotency_key, request_hash, created_at)
                    SELECT id, 'REWARD', $1, $2, transaction_id, recipient, $3, $4, 'ACCEPTED', $5, id::text, sha256(id::text::bytea), clock_timestamp()
                    FROM unnest($6::uuid[], $7::uuid[], $8::text[]) AS t(id, transaction_id, recipient)
                    """,
                    pool.Id,
                    pool.WalletId,
                    (object?)mint?.ToString() ?? DBNull.Value,
                    Amount,
                    Caller,
                    ids,
                    transactionIds,
                    recipients
                ),
                Command(
                    """
                    INSERT INTO wallet_reservations (id, wallet_id, transaction_id, amount, created_at)
                    SELECT gen_random_uuid(), $1, id, $2 * payments, clock_timestamp() FROM unnest($3::uuid[], $4::int[]) AS t(id, payments)
                    """,
                    pool.WalletId,
                    FeeAndRentLamports + (mint is null ? Amount : 0),
                    distinct,
                    counts
                ),
            },
        };
        if (mint is { } token)
        {
            write.BatchCommands.Add(
                Command(
                    """
                    INSERT INTO wallet_reservations (id, wallet_id, transaction_id, mint, amount, created_at)
                    SELECT gen_random_uuid(), $1, id, $2, $3 * payments, clock_timestamp() FROM unnest($4::uuid[], $5::int[]) AS t(id, payments)
                    """,
                    pool.WalletId,
                    token.ToString(),
                    Amount,
                    distinct,
                    counts
                )
            );
        }
        foreach (var command in also)
        {
            write.BatchCommands.Add(command);
        }
        await write.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }

    public static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
        return command;
    }
}
