using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Clones.Bench.Servers;

namespace Clones.Bench.Acceptance;

/// <summary>Clients of the API, each payment to a recipient of its own.</summary>
internal sealed class AcceptClients(BenchmarkSystem system, int connections) : IDisposable
{
    private readonly HttpClient http = system.Client(connections);

    private readonly ConcurrentQueue<string> recipients = new();

    public void Prepare(int count)
    {
        foreach (var recipient in PaymentBatch.NewRecipients(count))
        {
            recipients.Enqueue(recipient.ToString());
        }
    }

    /// <summary>Each client asks again when it has its answer.</summary>
    public async Task<Latencies> RunAsync(int payments)
    {
        var latencies = new Latencies();
        var left = payments;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async _ =>
                {
                    for (var i = Interlocked.Decrement(ref left); i >= 0; i = Interlocked.Decrement(ref left))
                    {
                        await PayAsync(i, latencies, Stopwatch.GetTimestamp());
                    }
                })
        );
        latencies.Elapsed = clock.Elapsed;
        return latencies;
    }

    /// <summary>At a given rate, whether or not answers come: what waits counts from when it was due.</summary>
    public async Task<Latencies> RunAtAsync(int rate, int seconds)
    {
        var latencies = new Latencies();
        var begin = Stopwatch.GetTimestamp();
        var open = new List<Task>(rate * seconds);
        for (var i = 0; i < rate * seconds; )
        {
            for (; i < rate * seconds && Stopwatch.GetElapsedTime(begin).TotalSeconds * rate >= i; i++)
            {
                open.Add(PayAsync(i, latencies, begin + (long)i * Stopwatch.Frequency / rate));
            }
            await Task.Delay(1);
        }
        await Task.WhenAll(open);
        latencies.Elapsed = Stopwatch.GetElapsedTime(begin);
        return latencies;
    }

    /// <summary>One batch out of one pool.</summary>
    public async Task<TimeSpan> BatchAsync()
    {
        var batch = Enumerable.Range(0, PaymentBatch.PaymentsMax).Select(_ => (system.Pools[0].Id, Recipient())).ToList();
        var clock = Stopwatch.StartNew();
        await PaymentBatch.SendAsync(http, batch);
        return clock.Elapsed;
    }

    public void Dispose() => http.Dispose();

    private async Task PayAsync(int i, Latencies latencies, long due)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/payments")
        {
            Content = JsonContent.Create(
                new
                {
                    trainingPoolId = system.Pools[i % system.Pools.Count].Id,
                    recipient = Recipient(),
                    amount = PaymentBatch.Amount,
                }
            ),
        };
        request.Headers.Add("Idempotency-Key", $"{Guid.NewGuid():n}");
        using var answer = await http.SendAsync(request);
        if ((int)answer.StatusCode != 202)
        {
            throw new InvalidOperationException($"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        latencies.Add(Stopwatch.GetElapsedTime(due));
    }

    private string Recipient() =>
        recipients.TryDequeue(out var recipient) ? recipient : throw new InvalidOperationException("Too few recipients were prepared.");
}

internal sealed class Latencies
{
    private readonly ConcurrentBag<double> milliseconds = [];

    public TimeSpan Elapsed { get; set; }

    public double PerSecond => milliseconds.Count / Elapsed.TotalSeconds;

    public void Add(TimeSpan latency) => milliseconds.Add(latency.TotalMilliseconds);

    public double Percentile(double share)
    {
        var sorted = milliseconds.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
