using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
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
        var management = new Uri(addresses["CLONES_CHAOS_RABBITMQ_MANAGEMENT"]);
        using var http = new HttpClient { BaseAddress = new Uri(management, "api/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(management.UserInfo)))
        );
        using var deleted = await http.DeleteAsync($"vhosts/{name}");
        using var made = await http.PutAsJsonAsync($"vhosts/{name}", new { });
        made.EnsureSuccessStatusCode();
        var all = new
        {
            configure = ".*",
            write = ".*",
            read = ".*",
        };
        using var permitted = await http.PutAsJsonAsync($"permissions/{name}/{management.UserInfo.Split(':')[0]}", all);
        permitted.EnsureSuccessStatusCode();
        return new Uri(new Uri(addresses["CLONES_CHAOS_RABBITMQ"]), name);
    }

    /// <summary>The first process of the database or the broker, of which the others came; it may be dead already.</summary>
    /// <param name="name">postgres or rabbitmq.</param>
    public static int IdOf(string name) =>
        int.Parse(File.ReadAllText(Repository.PathOf(".local", "chaos", "run", $"{name}.pid")).Split(' ')[0]);

    /// <summary>Starts what was killed, on the same ports with the same data, and waits until it answers.</summary>
    public static Task StartAgainAsync() => ServersScript.RunAsync("chaos", "again");
}
