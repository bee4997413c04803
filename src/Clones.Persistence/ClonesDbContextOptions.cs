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
        builder.UseNpgsql(Prepared(connectionString), npgsql => npgsql.SetPostgresVersion(15, 0)).UseSnakeCaseNamingConvention();

    // The same few statements run for every message: the server plans them once per connection, unless the operator says otherwise.
    private static string Prepared(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = 100;
        }
        return settings.ConnectionString;
    }
}
