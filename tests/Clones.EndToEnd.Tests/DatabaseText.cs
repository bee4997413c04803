using System.Text;
using Npgsql;

namespace Clones.EndToEnd.Tests;

/// <summary>Every row of every table as text (binary columns as hex).</summary>
internal static class DatabaseText
{
    public static async Task<string> ReadAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (
            var command = new NpgsqlCommand("select quote_ident(tablename) from pg_tables where schemaname = 'public'", connection)
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                tables.Add(reader.GetString(0));
            }
        }

        var text = new StringBuilder();
        foreach (var table in tables)
        {
            using var rows = await connection.BeginTextExportAsync($"copy {table} to stdout");
            text.AppendLine(await rows.ReadToEndAsync());
        }
        return text.ToString();
    }
}
