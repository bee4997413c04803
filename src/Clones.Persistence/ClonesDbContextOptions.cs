using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence;

public static class ClonesDbContextOptions
{
    /// <summary>
    /// The one place that says how the context meets PostgreSQL. No EnableRetryOnFailure: execution strategies fight with the outbox, so
    /// messages are retried on the bus instead.
    /// </summary>
    public static DbContextOptionsBuilder UseClonesPostgres(this DbContextOptionsBuilder builder, string connectionString) =>
        builder.UseNpgsql(connectionString, npgsql => npgsql.SetPostgresVersion(15, 0)).UseSnakeCaseNamingConvention();
}
