using System.Data;
using System.Data.Common;
using Clones.Domain.Keys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Clones.Persistence.Keys;

/// <summary>
/// Reads and swaps stored keys on the connection (and in the transaction) of the context. By hand and not by EF, since what the old system left may
/// be plaintext: it comes as bytes straight into pinned memory, and goes nowhere again, a swap compares its hash.
/// </summary>
public sealed class StoredKeyRows(ClonesDbContext db)
{
    // A newer version is another replica's, while it is rolled out. Only v2 and the like have an order.
    private const string Older =
        "master_key <> @current AND NOT (@version > 0 AND master_key ~ '^v[0-9]{1,4}$' AND substr(master_key, 2)::int > @version)";

    /// <summary>The longest that is read; whatever is longer is in no known form.</summary>
    public const int LengthMax = 2_048;

    // The driver's own buffer has 8 KiB: this goes over it twice.
    private const string Flood = "SELECT convert_to(repeat('0', 16384), 'UTF8')";

    /// <returns>Null where there is no such key; to be disposed.</returns>
    public async Task<StoredKeyRow?> FindAsync(string purpose, Guid id, CancellationToken cancellationToken)
    {
        var (table, idColumn, address) = Names(purpose);
        var rows = await ReadAsync(
            purpose,
            $"SELECT {idColumn}, {address}, convert_to(encrypted_private_key, 'UTF8'), {IsUnusable(purpose, idColumn)} FROM {table} WHERE {idColumn} = @id",
            [new NpgsqlParameter("id", id)],
            cancellationToken
        );
        return rows.SingleOrDefault();
    }

    /// <summary>
    /// The next keys that are not under <paramref name="current"/> or a newer version than <paramref name="version"/> (0 where it has none), in the order of their ids, locked until the end of the transaction. Those that
    /// somebody else holds are passed over: a payment that has the wallet encrypts its key anew by itself.
    /// </summary>
    public Task<List<StoredKeyRow>> NextAsync(
        string purpose,
        Guid after,
        string current,
        int version,
        int count,
        CancellationToken cancellationToken
    )
    {
        var (table, idColumn, address) = Names(purpose);
        return ReadAsync(
            purpose,
            $"""
            SELECT {idColumn}, {address}, convert_to(encrypted_private_key, 'UTF8'), {IsUnusable(purpose, idColumn)} FROM {table}
            WHERE {idColumn} > @after AND {Older} ORDER BY {idColumn} LIMIT @count FOR UPDATE SKIP LOCKED
            """,
            [new NpgsqlParameter("after", after), .. OlderThan(current, version), new NpgsqlParameter("count", count)],
            cancellationToken
        );
    }

    /// <summary>The next of all keys, in the order of their ids, for whoever only reads them.</summary>
    public Task<List<StoredKeyRow>> NextOfAllAsync(string purpose, Guid after, int count, CancellationToken cancellationToken)
    {
        var (table, idColumn, address) = Names(purpose);
        return ReadAsync(
            purpose,
            $"""
            SELECT {idColumn}, {address}, convert_to(encrypted_private_key, 'UTF8'), {IsUnusable(purpose, idColumn)} FROM {table}
            WHERE {idColumn} > @after ORDER BY {idColumn} LIMIT @count
            """,
            [new NpgsqlParameter("after", after), new NpgsqlParameter("count", count)],
            cancellationToken
        );
    }

    /// <summary>How many are not under <paramref name="current"/> or a newer version.</summary>
    public async Task<long> CountNotUnderAsync(string current, int version, CancellationToken cancellationToken)
    {
        await using var command = await CommandAsync(
            $"SELECT (SELECT count(*) FROM deposit_wallets WHERE {Older}) + (SELECT count(*) FROM mint_keys WHERE {Older})",
            OlderThan(current, version),
            cancellationToken
        );
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Compare-and-swap: whose stored text is no longer the one that was read stays as it is.</summary>
    /// <returns>What was swapped, read back: id and stored text (a ciphertext of ours).</returns>
    public async Task<Dictionary<Guid, string>> SwapAsync(string purpose, IReadOnlyList<KeySwap> swaps, CancellationToken cancellationToken)
    {
        var (table, idColumn, _) = Names(purpose);
        await using var command = await CommandAsync(
            $"""
            UPDATE {table} t SET encrypted_private_key = s.fresh
            FROM unnest(@ids, @hashes, @fresh) AS s (id, hash, fresh)
            WHERE t.{idColumn} = s.id AND sha256(convert_to(t.encrypted_private_key, 'UTF8')) = s.hash
            RETURNING t.{idColumn}, t.encrypted_private_key
            """,
            [
                new NpgsqlParameter("ids", swaps.Select(s => s.Binding.Id).ToArray()),
                new NpgsqlParameter("hashes", swaps.Select(s => s.StoredHash).ToArray()),
                new NpgsqlParameter("fresh", swaps.Select(s => s.Fresh).ToArray()),
            ],
            cancellationToken
        );
        var swapped = new Dictionary<Guid, string>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            swapped.Add(reader.GetGuid(0), reader.GetString(1));
        }
        return swapped;
    }

    private async Task<List<StoredKeyRow>> ReadAsync(
        string purpose,
        string sql,
        NpgsqlParameter[] parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = new List<StoredKeyRow>();
        try
        {
            await using (var command = await CommandAsync(sql, parameters, cancellationToken))
            await using (var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    var binding = new KeyBinding(purpose, reader.GetGuid(0), reader.GetString(1));
                    rows.Add(new StoredKeyRow(binding, Read(reader, 2), reader.GetBoolean(3)));
                }
            }
            if (rows.Exists(r => !r.Stored.Span.Contains((byte)':')))
            {
                await FloodAsync(cancellationToken);
            }
            return rows;
        }
        catch
        {
            rows.ForEach(r => r.Dispose());
            throw;
        }
    }

    // Of what is too long to be a key as much as shows that: whoever opens it says so, of this one key and not of all that were asked for.
    private static PinnedBytes Read(DbDataReader reader, int ordinal)
    {
        var length = (int)Math.Min(reader.GetBytes(ordinal, 0, null, 0, 0), LengthMax + 1);
        var stored = new PinnedBytes(length);
        reader.GetBytes(ordinal, 0, stored.Array, 0, length);
        return stored;
    }

    // Plaintext that came from the server is still in the driver's buffer; the next answer would write over a part of it only.
    private async Task FloodAsync(CancellationToken cancellationToken)
    {
        var sink = new byte[4_096];
        await using var command = await CommandAsync(Flood, [], cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        await reader.ReadAsync(cancellationToken);
        for (long at = 0, read; (read = reader.GetBytes(0, at, sink, 0, sink.Length)) > 0; at += read) { }
    }

    private async Task<DbCommand> CommandAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var connection = db.Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
        {
            await db.Database.OpenConnectionAsync(cancellationToken);
        }
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // of constants only
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.Parameters.AddRange(parameters);
        return command;
    }

    private static NpgsqlParameter[] OlderThan(string current, int version) => [new("current", current), new("version", version)];

    private static string IsUnusable(string purpose, string idColumn) =>
        $"EXISTS (SELECT 1 FROM unusable_keys u WHERE u.purpose = '{purpose}' AND u.key_id = {idColumn})";

    private static (string Table, string Id, string Address) Names(string purpose) =>
        purpose == WalletKeyEvent.Deposit ? ("deposit_wallets", "id", "address") : ("mint_keys", "agent_id", "mint");
}
