using Clones.Testing;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Tests.Migrations;

public sealed class MigrationTests : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();

    [Fact]
    public void The_migrations_say_the_same_as_the_model() => Context("Host=127.0.0.1").Database.HasPendingModelChanges().ShouldBeFalse();

    [Fact]
    public async Task An_empty_database_is_migrated_and_a_second_run_finds_nothing_to_do()
    {
        await using var db = Context(await postgres.CreateDatabaseAsync());

        await db.Database.MigrateAsync();

        (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
        await db.Database.MigrateAsync();
        (await db.Transactions.CountAsync()).ShouldBe(0);
    }

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    private static ClonesDbContext Context(string connectionString)
    {
        var options = new DbContextOptionsBuilder<ClonesDbContext>();
        options.UseClonesPostgres(connectionString);
        return new ClonesDbContext(options.Options);
    }
}
