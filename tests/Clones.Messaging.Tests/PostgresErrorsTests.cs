using System.Net;
using System.Net.Sockets;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Messaging.Tests;

public sealed class PostgresErrorsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_that_does_not_answer_is_a_passing_trouble()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();

        PostgresErrors
            .IsTransient(await FailureAsync($"Host=127.0.0.1;Port={port};Database=none;Username=none", "SELECT 1"))
            .ShouldBeTrue();
    }

    [Fact]
    public async Task A_session_that_is_ended_under_a_query_is_a_passing_trouble()
    {
        var database = await postgres.CreateDatabaseAsync();
        PostgresErrors.IsTransient(await FailureAsync(database, "SELECT pg_terminate_backend(pg_backend_pid())")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_query_that_is_wrong_stays_wrong() =>
        PostgresErrors.IsTransient(await FailureAsync(await postgres.CreateDatabaseAsync(), "SELECT nonsense")).ShouldBeFalse();

    private static async Task<Exception> FailureAsync(string database, string sql)
    {
        var options = new DbContextOptionsBuilder();
        options.UseNpgsql(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await using var db = new DbContext(options.Options);
        return await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlRawAsync(sql, Cancellation));
    }
}
