using Clones.Testing;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Tests;

/// <summary>A context on a fresh database that the migrations have made, as the hosts use it.</summary>
internal static class MigratedContext
{
    public static async Task<ClonesDbContext> CreateAsync(PostgresFixture server) =>
        Open(
            await server.CreateDatabaseAsync(
                "migrated",
                async connectionString =>
                {
                    await using var db = Open(connectionString);
                    await db.Database.MigrateAsync();
                }
            )
        );

    public static ClonesDbContext Open(string connectionString)
    {
        var options = new DbContextOptionsBuilder<ClonesDbContext>();
        options.UseClonesPostgres(connectionString);
        return new ClonesDbContext(options.Options);
    }
}
