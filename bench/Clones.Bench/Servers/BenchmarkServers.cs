using Clones.Testing;
using Npgsql;
using RabbitMQ.Client;

namespace Clones.Bench.Servers;

/// <summary>A database and a virtual host of its own, on servers that are there already.</summary>
internal sealed class BenchmarkServers(ServerAddresses addresses) : IAsyncDisposable
{
    private readonly VirtualHosts broker = new(addresses.RabbitMq, addresses.RabbitMqManagement);
    private IConnection? connection;

    /// <summary>Of the database and of the virtual host.</summary>
    public string Name { get; } = $"clones_bench_{Guid.NewGuid():n}";

    /// <summary>As an operator names it to a host.</summary>
    public string Database { get; private set; } = "";

    /// <summary>The same, for who writes SQL by hand.</summary>
    public string Postgres { get; private set; } = "";

    /// <summary>Of the virtual host.</summary>
    public Uri RabbitMqUrl { get; private set; } = addresses.RabbitMq;

    public IConnection RabbitMq => connection ?? throw new InvalidOperationException("Not started.");

    public async Task StartAsync()
    {
        await ExecuteAsync(addresses.Postgres, $"CREATE DATABASE {Name}");
        var database = new NpgsqlConnectionStringBuilder(addresses.Postgres) { Database = Name };
        Database = database.ConnectionString;
        (database.MaxAutoPrepare, database.MaxPoolSize, database.NoResetOnClose) = (50, 100, true);
        Postgres = database.ConnectionString;
        RabbitMqUrl = await broker.CreateAsync(Name);
        // Without a rate limiter: the client's sample value of 1,000 with 100 in a burst caps publishing below what is measured here.
        connection = await new ConnectionFactory { Uri = RabbitMqUrl }.CreateConnectionAsync();
    }

    /// <summary>The first process of each server that <c>./clones</c> has started for benchmarks.</summary>
    public static IReadOnlyDictionary<string, int> Processes()
    {
        var processes = new Dictionary<string, int>();
        foreach (var server in (string[])["postgres", "rabbitmq"])
        {
            try
            {
                processes[server] = ServersScript.ProcessOf("bench", server);
            }
            catch (IOException)
            {
                // Named by an option: started by somebody else.
            }
        }
        return processes;
    }

    /// <summary>A durable quorum queue bound to a durable fan-out exchange of the same name.</summary>
    public static async Task DeclareAsync(IChannel channel, string name)
    {
        await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true);
        await channel.QueueDeclareAsync(
            name,
            durable: true,
            exclusive: false,
            autoDelete: false,
            arguments: new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }
        );
        await channel.QueueBindAsync(name, name, "");
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync();
        }
        await broker.DeleteAsync(Name);
        broker.Dispose();
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(addresses.Postgres, $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
