using Npgsql;

namespace Clones.Testing;

/// <summary>What stands in a database, to be compared with what stood there before.</summary>
public static class TableStates
{
    /// <summary>Every row of every table, as one text each; what the database keeps for itself is left out.</summary>
    /// <param name="database">Connection string.</param>
    /// <param name="except">Tables that change by themselves.</param>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(string database, params IReadOnlyCollection<string> except)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (
            var list = new NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename", connection)
        )
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }
        var state = new Dictionary<string, string>();
        foreach (var table in tables.Except(except))
        {
            await using var rows = new NpgsqlCommand(
                $"SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM \"{table}\" t",
                connection
            );
            state[table] = (string)(await rows.ExecuteScalarAsync())!;
        }
        return state;
    }
}
