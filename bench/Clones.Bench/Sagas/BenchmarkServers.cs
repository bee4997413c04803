using Npgsql;
using RabbitMQ.Client;

namespace Clones.Bench.Sagas;

/// <summary>A database of its own, and queues that go with it, on servers that are there already.</summary>
internal sealed class BenchmarkServers(SagaBenchmarkOptions options) : IAsyncDisposable
{
    private readonly string _database = $"clones_bench_{Guid.NewGuid():n}";
    private readonly List<string> _queues = [];
    private readonly List<string> _exchanges = [];
    private IConnection? _connection;

    public string Name => _database;

    public string Postgres { get; private set; } = "";

    public IConnection RabbitMq => _connection ?? throw new InvalidOperationException("Not started.");

    public async Task StartAsync()
    {
        await ExecuteAsync(options.Postgres, $"CREATE DATABASE {_database}");
        Postgres = new NpgsqlConnectionStringBuilder(options.Postgres)
        {
            Database = _database,
            MaxAutoPrepare = 50,
            MaxPoolSize = 100,
            NoResetOnClose = true,
        }.ConnectionString;
        // Without a rate limiter: the client's sample value of 1,000 with 100 in a burst caps publishing below what is measured here.
        _connection = await new ConnectionFactory { Uri = options.RabbitMq }.CreateConnectionAsync();
    }

    /// <summary>A durable quorum queue bound to a durable fan-out exchange of the same name.</summary>
    public async Task DeclareAsync(IChannel channel, string name)
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
        Owns(name);
    }

    /// <summary>Remembers names that are to be deleted at the end.</summary>
    public void Owns(string name)
    {
        _queues.Add(name);
        _exchanges.Add(name);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await using var channel = await connection.CreateChannelAsync();
            foreach (var queue in _queues)
            {
                await channel.QueueDeleteAsync(queue);
            }

            foreach (var exchange in _exchanges)
            {
                await channel.ExchangeDeleteAsync(exchange);
            }

            await connection.DisposeAsync();
        }
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(options.Postgres, $"DROP DATABASE IF EXISTS {_database} WITH (FORCE)");
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
