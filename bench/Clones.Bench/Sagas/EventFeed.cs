using System.Diagnostics;
using System.Text.Json;
using Clones.Testing;
using RabbitMQ.Client;

namespace Clones.Bench.Sagas;

/// <summary>Fills a queue with events before the clock starts: all first events, then all second ones, and so on.</summary>
internal static class EventFeed
{
    public static readonly string Payload = new('x', 400);

    public static async Task FillAsync(IConnection connection, string exchange, string messageType, SagaBenchmarkOptions options)
    {
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true,
                publisherConfirmationTrackingEnabled: true,
                outstandingPublisherConfirmationsRateLimiter: null
            )
        );
        var ids = Enumerable.Range(0, options.Sagas).Select(_ => MassTransit.NewId.NextGuid()).ToArray();
        for (var step = 1; step <= SagaBenchmarkOptions.EventsPerSaga; step++)
        {
            var confirmed = new List<Task>(options.Sagas);
            foreach (var id in ids)
            {
                var properties = new BasicProperties
                {
                    Persistent = true,
                    ContentType = "application/json",
                    MessageId = MassTransit.NewId.NextGuid().ToString(),
                    Headers = new Dictionary<string, object?> { ["MT-MessageType"] = messageType },
                };
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new StepTaken
                    {
                        SagaId = id,
                        Step = step,
                        Payload = Payload,
                    },
                    JsonSerializerOptions.Web
                );
                confirmed.Add(channel.BasicPublishAsync(exchange, "", mandatory: true, properties, body).AsTask());
            }
            await Task.WhenAll(confirmed);
        }
    }

    /// <summary>
    /// Messages per second into a queue that is to hold <paramref name="count"/> in the end. The first third is not counted: connections,
    /// prepared statements and compiled code are its product.
    /// </summary>
    public static async Task<Measured> RateIntoAsync(IConnection connection, string queue, int count)
    {
        await using var channel = await connection.CreateChannelAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var warm = await UntilAsync(count / 3);
        var (clock, before) = (Stopwatch.StartNew(), Busy());
        var all = await UntilAsync(count);
        var (elapsed, after) = (clock.Elapsed, Busy());
        var each = after.Zip(before, (later, earlier) => (later - earlier).TotalMilliseconds / (all - warm)).ToArray();
        return new((all - warm) / elapsed.TotalSeconds, each[0], each[1], each[2]);

        async Task<uint> UntilAsync(int wanted)
        {
            while (true)
            {
                var there = await channel.MessageCountAsync(queue, timeout.Token);
                if (there >= wanted)
                {
                    return there;
                }

                await Task.Delay(10, timeout.Token);
            }
        }
    }

    /// <summary>Of this process, PostgreSQL and RabbitMQ; nothing of a server that somebody else has started.</summary>
    private static TimeSpan[] Busy() => [Environment.CpuUsage.TotalTime, OfServer("postgres"), OfServer("rabbitmq")];

    private static TimeSpan OfServer(string name)
    {
        try
        {
            return ProcessFamily.ProcessorTime(ServersScript.ProcessOf("bench", name));
        }
        catch (IOException)
        {
            return TimeSpan.Zero;
        }
    }
}

/// <summary>Processor time per transition says more than the rate where others load the machine.</summary>
/// <param name="PerSecond">Transitions.</param>
/// <param name="Client">Milliseconds of processor time of this process, per transition.</param>
/// <param name="Postgres">The same of PostgreSQL; zero where somebody else has started it.</param>
/// <param name="RabbitMq">The same of RabbitMQ.</param>
internal readonly record struct Measured(double PerSecond, double Client, double Postgres, double RabbitMq);
