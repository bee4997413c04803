using Npgsql;

namespace Clones.Bench.Growth;

/// <summary>What a table takes on disk, its indexes and long values included.</summary>
internal sealed record TableSize(string Table, long Rows, double Megabytes, double IndexMegabytes, double BytesPerPayment)
{
    private const double Megabyte = 1_000_000;

    /// <summary>The largest first, without those below a megabyte.</summary>
    public static async Task<IReadOnlyList<TableSize>> ReadAsync(NpgsqlDataSource database, int payments)
    {
        await using var command = database.CreateCommand(
            """
            SELECT relname, reltuples::bigint, pg_total_relation_size(oid), pg_indexes_size(oid) FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_total_relation_size(oid) >= 1000000
            ORDER BY pg_total_relation_size(oid) DESC
            """
        );
        await using var reader = await command.ExecuteReaderAsync();
        var sizes = new List<TableSize>();
        while (await reader.ReadAsync())
        {
            var bytes = (double)reader.GetInt64(2);
            sizes.Add(new(reader.GetString(0), reader.GetInt64(1), bytes / Megabyte, reader.GetInt64(3) / Megabyte, bytes / payments));
        }
        return sizes;
    }
}
