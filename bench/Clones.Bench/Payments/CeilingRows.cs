using Clones.Bench.Acceptance;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Npgsql;
using static Clones.Bench.Acceptance.AcceptedRows;

namespace Clones.Bench.Payments;

/// <summary>What a payment has in the database when it is signed and when it is finalized: one commit for a group.</summary>
internal sealed class CeilingRows(NpgsqlDataSource database, PublicKey mint, Blockhash genesis)
{
    public Task AcceptedAsync(IReadOnlyList<CeilingTransaction> group) =>
        AcceptedRows.StoreAsync(
            database,
            group[0].Pool,
            [.. group.SelectMany(t => t.PaymentIds)],
            [.. group.SelectMany(t => t.PaymentIds.Select(_ => t.Id))],
            [.. group.SelectMany(t => t.Recipients).Select(r => r.ToString())],
            mint
        );

    public Task SignedAsync(IReadOnlyList<CeilingTransaction> group, LatestBlockhash latest)
    {
        var ids = group.Select(p => p.Id).ToArray();
        return StoreAsync(
            Command("UPDATE payments SET status = 'SUBMITTED' WHERE transaction_id = ANY($1)", ids),
            Command(
                """
                UPDATE transactions SET status = 'SIGNED', attempt_number = 1, next_check_at = now() + interval '1 second' WHERE id = ANY($1)
                """,
                ids
            ),
            Command(
                """
                INSERT INTO transaction_attempts (transaction_id, number, status, message_bytes, wire_bytes, signature, payer, blockhash,
                    last_valid_block_height, context_slot, genesis_hash, fee_lamports_max, send_count, created_at)
                SELECT id, 1, 'SIGNED', message, wire, signature, 'DEPOSIT_WALLET', $1, $2, $3, $4, 5100, 0, now()
                FROM unnest($5::uuid[], $6::bytea[], $7::bytea[], $8::text[]) AS t(id, message, wire, signature)
                """,
                latest.Blockhash.ToString(),
                (decimal)latest.LastValidBlockHeight,
                (decimal)latest.Slot,
                genesis.ToString(),
                ids,
                group.Select(p => p.Message).ToArray(),
                group.Select(p => p.Wire).ToArray(),
                Signatures(group)
            ),
            Command(
                """
                INSERT INTO wallet_key_events (occurred_at, purpose, key_id, address, kind, from_key, transaction_id)
                SELECT now(), 'deposit', wallet, address, 'OPENED', 'v1', id FROM unnest($1::uuid[], $2::text[], $3::uuid[]) AS t(wallet, address, id)
                """,
                group.Select(p => p.Pool.WalletId).ToArray(),
                group.Select(p => p.Pool.Wallet.PublicKey.ToString()).ToArray(),
                ids
            )
        );
    }

    public Task FinalizedAsync(IReadOnlyList<CeilingTransaction> group)
    {
        var ids = group.Select(p => p.Id).ToArray();
        var slots = group.Select(p => (decimal)p.Slot).ToArray();
        var wallets = group.GroupBy(p => p.Pool.WalletId, p => (decimal)p.Slot).OrderBy(w => w.Key).ToList();
        return StoreAsync(
            Command(
                """
                UPDATE deposit_wallets w SET settled_slot = greatest(settled_slot, t.slot), balance_checked_at = NULL
                FROM unnest($1::uuid[], $2::numeric[]) AS t(id, slot) WHERE w.id = t.id
                """,
                wallets.Select(w => w.Key).ToArray(),
                wallets.Select(w => w.Max()).ToArray()
            ),
            Command(
                """
                UPDATE transactions SET status = 'FINALIZED', settled_at = clock_timestamp() WHERE id = ANY($1)
                """,
                ids
            ),
            Command(
                """
                UPDATE transaction_attempts a SET status = 'FINALIZED', slot = t.slot, closed_at = clock_timestamp()
                FROM unnest($1::uuid[], $2::numeric[]) AS t(id, slot) WHERE a.transaction_id = t.id AND a.number = 1
                """,
                ids,
                slots
            ),
            Command(
                """
                UPDATE wallet_reservations SET released_at = clock_timestamp() WHERE transaction_id = ANY($1)
                """,
                ids
            ),
            Command(
                """
                UPDATE payments p SET status = 'COMPLETED', signature = t.signature, slot = t.slot, completed_at = clock_timestamp()
                FROM unnest($1::uuid[], $2::text[], $3::numeric[]) AS t(id, signature, slot) WHERE p.transaction_id = t.id
                """,
                ids,
                Signatures(group),
                slots
            )
        );
    }

    private static string[] Signatures(IReadOnlyList<CeilingTransaction> group) => [.. group.Select(p => p.Signature.ToString())];

    private async Task StoreAsync(params NpgsqlBatchCommand[] commands)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var command in commands)
        {
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync();
        await transaction.CommitAsync();
    }
}
