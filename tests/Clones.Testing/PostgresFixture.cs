using System.Collections.Concurrent;
using Npgsql;

namespace Clones.Testing;

/// <summary>Fresh databases on the test server; disposing drops those that this fixture made.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    // A template is prepared once per process; a copy of a migrated database takes about 50 ms where the migrations take seconds.
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new();

    private readonly ConcurrentBag<string> databases = [];

    /// <summary>The connection string of a new, empty database.</summary>
    public async Task<string> CreateDatabaseAsync() => await CreateAsync(template: null);

    /// <summary>The connection string of a new copy of a database that <paramref name="prepare"/> has filled once.</summary>
    /// <param name="templateName">Same name, same template, within this process.</param>
    /// <param name="prepare">Gets the connection string of the empty template, usually to migrate it.</param>
    public async Task<string> CreateDatabaseAsync(string templateName, Func<string, Task> prepare)
    {
        var template = Templates.GetOrAdd(templateName, _ => new Lazy<Task<string>>(() => PrepareTemplateAsync(prepare)));
        return await CreateAsync(await template.Value);
    }

    /// <summary>The connection string of a copy of a database as it is now. Sessions on it are ended.</summary>
    public async Task<string> CopyAsync(string connectionString)
    {
        var name = new NpgsqlConnectionStringBuilder(connectionString).Database!;
        NpgsqlConnection.ClearAllPools();
        // Hosts that run on it would connect again before it is copied.
        await ExecuteAsync($"alter database {name} with allow_connections false");
        try
        {
            await ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'");
            return await CreateAsync(name);
        }
        finally
        {
            await ExecuteAsync($"alter database {name} with allow_connections true");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in databases)
        {
            // FORCE ends the sessions that pooled connections still hold.
            await ExecuteAsync($"drop database if exists {database} with (force)");
        }
    }

    private async Task<string> CreateAsync(string? template)
    {
        var name = await CreateNamedAsync(template);
        databases.Add(name);
        return await ConnectionStringAsync(name);
    }

    private static async Task<string> PrepareTemplateAsync(Func<string, Task> prepare)
    {
        var name = await CreateNamedAsync(template: null);
        // Without pooling, because a session left open on a template forbids copying it.
        var connection = new NpgsqlConnectionStringBuilder(await ConnectionStringAsync(name)) { Pooling = false };
        await prepare(connection.ConnectionString);
        return name;
    }

    private static async Task<string> CreateNamedAsync(string? template)
    {
        var name = $"t_{Guid.NewGuid():n}";
        await ExecuteAsync($"create database {name}" + (template is null ? "" : $" template {template} strategy file_copy"));
        return name;
    }

    private static async Task<string> ConnectionStringAsync(string database)
    {
        var servers = await TestServers.StartAsync();
        return new NpgsqlConnectionStringBuilder(servers.Postgres) { Database = database }.ConnectionString;
    }

    private static async Task ExecuteAsync(string sql)
    {
        var servers = await TestServers.StartAsync();
        await using var connection = new NpgsqlConnection(servers.Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
