using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Testing.Hosts;

/// <summary>Databases as operators have them: made by the migrations, with the chain of the key log, which the model alone does not make.</summary>
internal static class MigratedDatabase
{
    public static Task<string> CreateAsync(PostgresFixture server) => server.CreateDatabaseAsync("migrated", MigrateAsync);

    private static async Task MigrateAsync(string database)
    {
        var options = new DbContextOptionsBuilder<ClonesDbContext>();
        options.UseClonesPostgres(database);
        await using var db = new ClonesDbContext(options.Options);
        await db.Database.MigrateAsync();
    }
}
