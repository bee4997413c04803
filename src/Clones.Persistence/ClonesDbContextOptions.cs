using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Persistence;

public static class ClonesDbContextOptions
{
    /// <summary>
    /// The one place that says how the context meets PostgreSQL. No EnableRetryOnFailure: execution strategies fight with the outbox, so
    /// messages are retried on the bus instead.
    /// </summary>
    public static DbContextOptionsBuilder UseClonesPostgres(this DbContextOptionsBuilder builder, string connectionString) =>
        builder.UseNpgsql(Tuned(connectionString), npgsql => npgsql.SetPostgresVersion(15, 0)).UseSnakeCaseNamingConvention();

    /// <summary>A context that no host hands out.</summary>
    public static ClonesDbContext Open(string connectionString)
    {
        var options = new DbContextOptionsBuilder<ClonesDbContext>();
        options.UseClonesPostgres(connectionString);
        return new ClonesDbContext(options.Options);
    }

    /// <summary>Longer than any consumer waits for the chain within a database transaction, all its requests timing out one by one.</summary>
    private const string IdleInTransactionSecondsMax = "180";

    private static string Tuned(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.MaxAutoPrepare == 0)
        {
            // The same few statements run for every message: the server plans them once per connection.
            settings.MaxAutoPrepare = 100;
        }
        // Nothing here changes a session (no SET, LISTEN, temporary table or advisory lock of one), so that nothing is to be reset between two uses.
        settings.NoResetOnClose = true;
        if (string.IsNullOrEmpty(settings.Options))
        {
            // A frozen or vanished worker must not keep its row locks: others take its work over. Pages at random cost what they do on a solid state
            // disk: by PostgreSQL's own figure a list would rather read the newest rows of all than those that are asked for by their index.
            settings.Options =
                $"-c idle_in_transaction_session_timeout={IdleInTransactionSecondsMax}s -c tcp_keepalives_idle=30 -c random_page_cost=1.1";
        }
        return settings.ConnectionString;
    }
}
