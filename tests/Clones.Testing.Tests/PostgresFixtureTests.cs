using Npgsql;

namespace Clones.Testing.Tests;

public sealed class PostgresFixtureTests
{
    [Fact]
    public async Task Two_callers_get_databases_that_do_not_see_each_other()
    {
        await using var postgres = new PostgresFixture();
        var first = await postgres.CreateDatabaseAsync();
        var second = await postgres.CreateDatabaseAsync();

        await ScalarAsync(first, "create table only_here (id int)");

        (await ScalarAsync(first, "select to_regclass('only_here')::text")).ShouldBe("only_here");
        (await ScalarAsync(second, "select to_regclass('only_here')::text")).ShouldBe(DBNull.Value);
    }

    [Fact]
    public async Task A_template_is_prepared_once_and_its_copies_hold_what_was_prepared()
    {
        await using var postgres = new PostgresFixture();
        var preparations = 0;
        async Task Prepare(string connection)
        {
            preparations++;
            await ScalarAsync(connection, "create table prepared (id int); insert into prepared values (7)");
        }

        var first = await postgres.CreateDatabaseAsync(nameof(PostgresFixtureTests), Prepare);
        var second = await postgres.CreateDatabaseAsync(nameof(PostgresFixtureTests), Prepare);

        preparations.ShouldBe(1);
        first.ShouldNotBe(second);
        (await ScalarAsync(first, "select id from prepared")).ShouldBe(7);
        (await ScalarAsync(second, "select id from prepared")).ShouldBe(7);
    }

    [Fact]
    public async Task A_database_is_gone_after_dispose_though_a_connection_was_left_open()
    {
        string database;
        NpgsqlConnection left;
        await using (var postgres = new PostgresFixture())
        {
            database = await postgres.CreateDatabaseAsync();
            left = new NpgsqlConnection(database);
            await left.OpenAsync();
        }

        await left.DisposeAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        var servers = await TestServers.StartAsync();
        (await ScalarAsync(servers.Postgres, $"select count(*) from pg_database where datname = '{name}'")).ShouldBe(0L);
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        var withoutPool = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false };
        await using var connection = new NpgsqlConnection(withoutPool.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
