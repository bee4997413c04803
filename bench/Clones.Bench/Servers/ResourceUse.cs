using System.Diagnostics;
using Clones.Testing;
using Npgsql;

namespace Clones.Bench.Servers;

/// <summary>What was used so far; the difference of two readings is what a run has used.</summary>
/// <param name="Processors">Seconds of processor time, by process.</param>
/// <param name="Rpc">Requests on the wire, by method.</param>
/// <param name="Commits">Of the database: read-only look-ups too.</param>
/// <param name="Published">Messages that went through the outbox.</param>
/// <param name="Handled">Messages that were marked in the inbox.</param>
/// <param name="LogBytes">Of the write-ahead log of the whole server.</param>
internal sealed record ResourceUse(
    IReadOnlyDictionary<string, double> Processors,
    IReadOnlyDictionary<string, double> Rpc,
    double Commits,
    double Published,
    double Handled,
    double LogBytes
)
{
    public static async Task<ResourceUse> ReadAsync(BenchmarkSystem system)
    {
        var processors = new Dictionary<string, double>
        {
            ["workers"] = SecondsOf(system.WorkerProcesses),
            ["api"] = SecondsOf(system.ApiProcesses),
            ["localnet"] = SecondsOf(system.ClusterProcesses),
            ["bench"] = Environment.CpuUsage.TotalTime.TotalSeconds,
        };
        foreach (var (server, process) in BenchmarkServers.Processes())
        {
            processors[server] = SecondsOf([process]);
        }
        var rpc = await system.RequestsAsync();

        // PostgreSQL counts a second behind.
        await Task.Delay(TimeSpan.FromSeconds(2));
        await using var database = NpgsqlDataSource.Create(system.Servers.Database);
        await using var reader = await database
            .CreateCommand(
                """
                SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()),
                    (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'outbox_message'),
                    (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'inbox_state'),
                    pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8
                """
            )
            .ExecuteReaderAsync();
        await reader.ReadAsync();
        return new ResourceUse(processors, rpc, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetDouble(3));
    }

    /// <param name="before">The reading before the run.</param>
    /// <param name="payments">Of the run.</param>
    /// <returns>What each payment of it has used.</returns>
    public ResourceUse PerPayment(ResourceUse before, int payments) =>
        new(
            Processors.ToDictionary(p => p.Key, p => Math.Max(0, p.Value - before.Processors.GetValueOrDefault(p.Key)) / payments),
            Rpc.Where(r => r.Value > before.Rpc.GetValueOrDefault(r.Key))
                .ToDictionary(r => r.Key, r => (r.Value - before.Rpc.GetValueOrDefault(r.Key)) / payments),
            (Commits - before.Commits) / payments,
            (Published - before.Published) / payments,
            (Handled - before.Handled) / payments,
            (LogBytes - before.LogBytes) / payments
        );

    private static double SecondsOf(IEnumerable<int> processes) => processes.Sum(p => ProcessFamily.ProcessorTime(p).TotalSeconds);
}

/// <param name="Megabytes">Resident now, of the largest of them.</param>
/// <param name="PeakMegabytes">The most that one of them ever had.</param>
internal sealed record Memory(double Megabytes, double PeakMegabytes)
{
    private const double Megabyte = 1_000_000;

    public static Memory Of(IEnumerable<int> processes)
    {
        var running = processes.Select(Process.GetProcessById).ToList();
        var memory = new Memory(running.Max(p => p.WorkingSet64) / Megabyte, running.Max(p => p.PeakWorkingSet64) / Megabyte);
        running.ForEach(p => p.Dispose());
        return memory;
    }
}
