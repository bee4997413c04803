using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Clones.Persistence.Tests.Migrations;

public sealed class MigrationTests : IAsyncDisposable
{
    private readonly PostgresFixture postgres = new();

    [Fact]
    public void The_migrations_say_the_same_as_the_model() =>
        ClonesDbContextOptions.Open("Host=127.0.0.1").Database.HasPendingModelChanges().ShouldBeFalse();

    [Fact]
    public async Task An_empty_database_is_migrated_and_a_second_run_finds_nothing_to_do()
    {
        await using var db = ClonesDbContextOptions.Open(await postgres.CreateDatabaseAsync());

        await db.Database.MigrateAsync();

        (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
        await db.Database.MigrateAsync();
        (await db.Transactions.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task What_the_migrations_made_is_taken_back_whole_and_made_again()
    {
        await using var db = ClonesDbContextOptions.Open(await postgres.CreateDatabaseAsync());
        await db.Database.MigrateAsync();

        await db.Database.MigrateAsync(Migration.InitialDatabase);
        await db.Database.MigrateAsync();

        (await db.Database.GetPendingMigrationsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_database_of_before_the_migrations_became_one_is_taken_over_as_it_is()
    {
        var connection = await postgres.CreateDatabaseAsync();
        await using var db = ClonesDbContextOptions.Open(connection);
        var initial = db.Database.GetMigrations().First();
        await db.GetService<IMigrator>().MigrateAsync(initial);
        await RenameAsync(db, "20261130130019_GrownTables");
        await db.Database.ExecuteSqlAsync(
            $"CREATE FUNCTION status_change_is_legal(text, text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
        );

        (await db.AdoptAsync(CancellationToken.None)).ShouldBeNull();
        await db.Database.MigrateAsync();

        (await db.Database.GetAppliedMigrationsAsync()).ShouldBe(db.Database.GetMigrations());
        (await db.AdoptAsync(CancellationToken.None)).ShouldBeNull();
        // What is not in the model comes too, and what nothing calls any more goes.
        await db.Database.ExecuteSqlAsync($"SELECT exceptional_status FROM payments");
        (
            await db
                .Database.SqlQuery<long>($"""SELECT count(*) AS "Value" FROM pg_proc WHERE proname = 'status_change_is_legal'""")
                .SingleAsync()
        ).ShouldBe(0);
    }

    [Theory]
    [InlineData("20261125183902_Webhooks")]
    [InlineData("20261130124704_MovementsByPayment")]
    [InlineData("20991231235959_OfALaterBuild")]
    public async Task A_database_of_another_version_is_rejected_in_words(string last)
    {
        await using var db = ClonesDbContextOptions.Open(await postgres.CreateDatabaseAsync());
        await db.Database.MigrateAsync();
        await RenameAsync(db, last);

        var wrong = (await db.AdoptAsync(CancellationToken.None)).ShouldNotBeNull();
        wrong.ShouldStartWith($"The database is of another version of Clones: its last migration is {last}");
        wrong.ShouldEndWith("one for development is wiped: ./clones down --wipe.");
        (await db.Database.GetAppliedMigrationsAsync()).ShouldBe([last]);
    }

    public ValueTask DisposeAsync() => postgres.DisposeAsync();

    /// <summary>As if nothing but this had been applied.</summary>
    private static Task RenameAsync(ClonesDbContext db, string lastMigration) =>
        db.Database.ExecuteSqlAsync(
            $"""
            WITH gone AS (DELETE FROM "__EFMigrationsHistory" RETURNING product_version)
            INSERT INTO "__EFMigrationsHistory" (migration_id, product_version) SELECT {lastMigration}, max(product_version) FROM gone
            """
        );
}
