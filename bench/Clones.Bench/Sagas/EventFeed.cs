using System.Diagnostics;
using System.Text.Json;
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
        var clock = Stopwatch.StartNew();
        var busy = Environment.CpuUsage.TotalTime;
        var all = await UntilAsync(count);
        return new((all - warm) / clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds / (all - warm));

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
}

/// <param name="PerSecond">Transitions.</param>
/// <param name="CpuMilliseconds">Of this process, per transition: says more than the rate where others load the machine.</param>
internal readonly record struct Measured(double PerSecond, double CpuMilliseconds);
