using Clones.Testing;
using Clones.Testing.Growth;
using Npgsql;

namespace Clones.EndToEnd.Tests;

/// <summary>The running system on a database with a long past. PostgreSQL logs the plan of every statement that the hosts send it.</summary>
public sealed class GrownSystem : RunningSystem
{
    public static readonly GrowthSize Size = new(Payments: 60_000, Wallets: 6_000, Agents: 6_000);

    private long logBefore;

    /// <summary>What was logged so far, statement by statement.</summary>
    public async Task<IReadOnlyList<LoggedPlan>> PlansAsync()
    {
        await using var log = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(logBefore, SeekOrigin.Begin);
        return await LoggedPlan.ReadAsync(log);
    }

    protected override async Task PrepareAsync()
    {
        await new GrownDatabase(Size).FillAsync(Database);
        logBefore = new FileInfo(LogPath).Length;
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync();
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
        NpgsqlConnection.ClearAllPools();
    }

    private static string LogPath => Repository.PathOf(".local", "test", "logs", "postgres.log");
}

[CollectionDefinition]
public sealed class GrownSystemCollection : ICollectionFixture<GrownSystem>;
