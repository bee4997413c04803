using Clones.Testing;
using Npgsql;

namespace Clones.Chaos.Servers;

/// <summary>A PostgreSQL and a RabbitMQ of this run's own, which it may kill. They end with this process.</summary>
internal sealed class ChaosServers
{
    private readonly Dictionary<string, string> addresses;

    private ChaosServers(Dictionary<string, string> addresses) => this.addresses = addresses;

    public static async Task<ChaosServers> StartAsync() => new(await ServersScript.StartAsync("chaos"));

    /// <returns>The connection string of a new database.</returns>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        var server = addresses["CLONES_CHAOS_POSTGRES"];
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var create = new NpgsqlCommand($"drop database if exists {name} with (force)", connection);
        await create.ExecuteNonQueryAsync();
        create.CommandText = $"create database {name}";
        await create.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    /// <returns>The address of a new virtual host.</returns>
    public async Task<Uri> CreateVirtualHostAsync(string name)
    {
        using var broker = new VirtualHosts(
            new Uri(addresses["CLONES_CHAOS_RABBITMQ"]),
            new Uri(addresses["CLONES_CHAOS_RABBITMQ_MANAGEMENT"])
        );
        await broker.DeleteAsync(name);
        return await broker.CreateAsync(name);
    }

    /// <summary>Starts what was killed, on the same ports with the same data, and waits until it answers.</summary>
    public static Task StartAgainAsync() => ServersScript.RunAsync("chaos", "again");
}
