using System.Text.Json;
using System.Threading.Channels;
using Clones.Bench.Servers;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Clones.Bench.Sagas;

/// <summary>
/// The same work without any framework, in three round trips: mark and lock, change and keep the message, commit; then publish, wait for
/// the broker, acknowledge. What it reaches is as much as these servers give to hand-written code.
/// </summary>
internal sealed class CeilingRun(NpgsqlDataSource database, IChannel consumer, IChannel publisher, string output)
{
    public static async Task<Measured> MeasureAsync(BenchmarkServers servers, SagaBenchmarkOptions options)
    {
        var (input, output) = ($"{servers.Name}-ceiling-in", $"{servers.Name}-ceiling-out");
        await using var consumer = await servers.RabbitMq.CreateChannelAsync(
            new CreateChannelOptions(false, false, consumerDispatchConcurrency: 1)
        );
        await using var publisher = await servers.RabbitMq.CreateChannelAsync(
            new CreateChannelOptions(true, true, outstandingPublisherConfirmationsRateLimiter: null)
        );
        await BenchmarkServers.DeclareAsync(consumer, input);
        await BenchmarkServers.DeclareAsync(consumer, output);
        await BenchmarkServers.ExecuteAsync(
            servers.Postgres,
            """
            CREATE TABLE ceiling_saga (id uuid PRIMARY KEY, state text NOT NULL, version int NOT NULL, steps int NOT NULL, last_payload text, updated_at timestamptz NOT NULL);
            CREATE TABLE ceiling_inbox (message_id uuid, consumer_id uuid, handled_at timestamptz NOT NULL, PRIMARY KEY (message_id, consumer_id));
            CREATE TABLE ceiling_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, message_id uuid NOT NULL, destination text NOT NULL, body text NOT NULL);
            """
        );
        await EventFeed.FillAsync(servers.RabbitMq, input, "", options);
        await using var database = NpgsqlDataSource.Create(servers.Postgres);

        var run = new CeilingRun(database, consumer, publisher, output);
        var rate = EventFeed.RateIntoAsync(servers.RabbitMq, output, options.Events);
        await run.ConsumeAsync(input, options.Events);
        return await rate;
    }

    private async Task ConsumeAsync(string input, int events)
    {
        var work = Channel.CreateUnbounded<(ulong Tag, Guid MessageId, byte[] Body)>();
        await consumer.BasicQosAsync(0, SagaBenchmarkOptions.CeilingParallel * 2, false);
        var receiver = new AsyncEventingBasicConsumer(consumer);
        receiver.ReceivedAsync += (_, delivery) =>
        {
            work.Writer.TryWrite((delivery.DeliveryTag, Guid.Parse(delivery.BasicProperties.MessageId!), delivery.Body.ToArray()));
            return Task.CompletedTask;
        };
        await consumer.BasicConsumeAsync(input, autoAck: false, receiver);
        var left = events;
        await Task.WhenAll(
            Enumerable
                .Range(0, SagaBenchmarkOptions.CeilingParallel)
                .Select(async _ =>
                {
                    await foreach (var (tag, messageId, body) in work.Reader.ReadAllAsync())
                    {
                        await HandleAsync(messageId, body);
                        await consumer.BasicAckAsync(tag, multiple: false);
                        if (Interlocked.Decrement(ref left) == 0)
                        {
                            work.Writer.Complete();
                        }
                    }
                })
        );
    }

    private async Task HandleAsync(Guid messageId, byte[] body)
    {
        var step = JsonSerializer.Deserialize<StepTaken>(body, JsonSerializerOptions.Web)!;
        var outgoing = MassTransit.NewId.NextGuid();
        byte[] message;
        await using (var connection = await database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var first = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new("INSERT INTO ceiling_inbox VALUES ($1, $2, clock_timestamp()) ON CONFLICT DO NOTHING")
                    {
                        Parameters =
                        {
                            new() { Value = messageId },
                            new() { Value = Guid.Empty },
                        },
                    },
                    new("INSERT INTO ceiling_saga VALUES ($1, 'Stepping', 0, 0, NULL, clock_timestamp()) ON CONFLICT DO NOTHING")
                    {
                        Parameters = { new() { Value = step.SagaId } },
                    },
                    new("SELECT state, version, steps, last_payload, updated_at FROM ceiling_saga WHERE id = $1 FOR UPDATE")
                    {
                        Parameters = { new() { Value = step.SagaId } },
                    },
                },
            };
            int version;
            int steps;
            await using (var reader = await first.ExecuteReaderAsync())
            {
                await reader.ReadAsync();
                version = reader.GetInt32(1) + 1;
                steps = reader.GetInt32(2) + 1;
            }
            var done = new StepDone
            {
                SagaId = step.SagaId,
                Steps = steps,
                Payload = step.Payload,
            };
            message = JsonSerializer.SerializeToUtf8Bytes(done, JsonSerializerOptions.Web);
            await using var second = new NpgsqlBatch(connection, transaction)
            {
                BatchCommands =
                {
                    new(
                        "UPDATE ceiling_saga SET state = 'Stepping', version = $2, steps = $3, last_payload = $4, updated_at = clock_timestamp() WHERE id = $1"
                    )
                    {
                        Parameters =
                        {
                            new() { Value = step.SagaId },
                            new() { Value = version },
                            new() { Value = steps },
                            new() { Value = step.Payload },
                        },
                    },
                    new("INSERT INTO ceiling_outbox (message_id, destination, body) VALUES ($1, $2, $3)")
                    {
                        Parameters =
                        {
                            new() { Value = outgoing },
                            new() { Value = output },
                            new() { Value = System.Text.Encoding.UTF8.GetString(message) },
                        },
                    },
                },
            };
            await second.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
        var properties = new BasicProperties
        {
            Persistent = true,
            ContentType = "application/json",
            MessageId = outgoing.ToString(),
        };
        await publisher.BasicPublishAsync(output, "", mandatory: false, properties, message);
    }
}
