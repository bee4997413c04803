using Clones.Testing;
using Npgsql;

namespace Clones.EndToEnd.Tests;

/// <summary>PostgreSQL logs the plan of every statement that is sent to a database from now on.</summary>
internal sealed class PlanLog
{
    private readonly long logBefore = new FileInfo(LogPath).Length;

    private PlanLog() { }

    /// <summary>Of PostgreSQL, when it began.</summary>
    public long FirstTransaction { get; private init; }

    public static async Task<PlanLog> StartAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var transaction = new NpgsqlCommand("SELECT pg_current_xact_id()::text::bigint", connection);
        var log = new PlanLog { FirstTransaction = (long)(await transaction.ExecuteScalarAsync())! };
        foreach (
            var setting in (string[])
                [
                    "session_preload_libraries = auto_explain",
                    "auto_explain.log_min_duration = 0",
                    "auto_explain.log_nested_statements = on",
                    "auto_explain.log_format = json",
                    "auto_explain.log_analyze = on",
                    "auto_explain.log_timing = off",
                ]
        )
        {
            await using var command = new NpgsqlCommand($"ALTER DATABASE {connection.Database} SET {setting}", connection);
            await command.ExecuteNonQueryAsync();
        }
        NpgsqlConnection.ClearPool(connection);
        return log;
    }

    /// <summary>The same database for the test's own questions: of them nothing is logged.</summary>
    public static string Unlogged(string database) =>
        new NpgsqlConnectionStringBuilder(database) { Options = "-c auto_explain.log_min_duration=-1" }.ConnectionString;

    /// <summary>What was logged so far, statement by statement.</summary>
    public async Task<IReadOnlyList<LoggedPlan>> ReadAsync()
    {
        await using var log = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(logBefore, SeekOrigin.Begin);
        return await LoggedPlan.ReadAsync(log);
    }

    private static string LogPath => Repository.PathOf(".local", "test", "logs", "postgres.log");
}
