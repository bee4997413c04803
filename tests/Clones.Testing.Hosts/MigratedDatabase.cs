using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Testing.Hosts;

/// <summary>Databases as operators have them: made by the migrations, with the chain of the key log, which the model alone does not make.</summary>
internal static class MigratedDatabase
{
    public static Task<string> CreateAsync(PostgresFixture server) => server.CreateDatabaseAsync("migrated", MigrateAsync);

    public static async Task<ClonesDbContext> OpenAsync(PostgresFixture server) => ClonesDbContextOptions.Open(await CreateAsync(server));

    private static async Task MigrateAsync(string database)
    {
        await using var db = ClonesDbContextOptions.Open(database);
        await db.Database.MigrateAsync();
    }
}
