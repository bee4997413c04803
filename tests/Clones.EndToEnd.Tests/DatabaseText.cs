using System.Text;
using Npgsql;

namespace Clones.EndToEnd.Tests;

/// <summary>Every row of every table as text (binary columns as hex).</summary>
internal static class DatabaseText
{
    /// <param name="connectionString">Of an administrator.</param>
    /// <param name="since">What transactions before this one have written is left out.</param>
    public static async Task<byte[]> ReadAsync(string connectionString, long since = 0)
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

        using var text = new MemoryStream();
        await using (var writer = new StreamWriter(text, new UTF8Encoding(false), leaveOpen: true))
        {
            var piece = new char[1 << 16];
            foreach (var table in tables)
            {
                using var rows = await connection.BeginTextExportAsync(
                    $"copy (select * from {table} where xmin::text::bigint >= {since}) to stdout"
                );
                while (await rows.ReadAsync(piece) is > 0 and var read)
                {
                    await writer.WriteAsync(piece.AsMemory(0, read));
                }
            }
        }
        return text.ToArray();
    }
}
