using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading.RateLimiting;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Solana.Tests.Rpc;

public sealed class RpcLimitTests : IDisposable
{
    private static readonly Uri Url = new("http://one.test/?api-key=4711");
    private readonly Wire wire = new();
    private readonly HttpClient http;
    private readonly FakeTimeProvider time = new();

    public RpcLimitTests() => http = new HttpClient(wire);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => http.Dispose();

    /// <summary>The library fills by the machine's clock, so time can only be measured: a slow machine makes less of it, never more.</summary>
    [Theory]
    [InlineData(50, 5)]
    [InlineData(300, 1)]
    [InlineData(7, 2)]
    public async Task Within_no_time_more_requests_are_on_the_wire_than_the_bucket_held_and_got(int rate, int burst)
    {
        var count = burst + rate / 5 + 1;
        using var turns = new RpcLimit(rate, burst).Begin();
        var client = new SolanaRpcClient(http, Url, turns: turns);
        var began = Stopwatch.GetTimestamp();

        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => client.GetSlotAsync(cancellationToken: Cancel)));

        var sent = wire.Times("one.test");
        sent.Length.ShouldBe(count);
        for (var i = burst; i < count; i++)
        {
            // Up to one filling of the bucket may be there a moment before its time: the timer counts whole milliseconds.
            var earliest = (i + 1 - burst - Math.Min(burst, (rate + 9) / 10)) / (double)rate;
            Stopwatch.GetElapsedTime(began, sent[i]).TotalSeconds.ShouldBeGreaterThanOrEqualTo(earliest - 0.002, $"request {i + 1}");
        }
    }

    [Fact]
    public async Task Nothing_beyond_the_bucket_is_sent_until_it_is_filled_and_requests_wait_in_order()
    {
        using var limiter = Bucket(holds: 1);
        var client = new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter));
        await client.GetSlotAsync(cancellationToken: Cancel);

        var second = client.GetBlockHeightAsync(cancellationToken: Cancel);
        var third = client.GetGenesisHashAsync(Cancel);

        wire.Methods.ShouldBe(["getSlot"]);
        await RefillAsync(limiter);
        await second;
        (third.IsCompleted, wire.Methods.Length).ShouldBe((false, 2));
        await RefillAsync(limiter);
        await Should.ThrowAsync<RpcTransportException>(third, "a number is no hash");
        wire.Methods.ShouldBe(["getSlot", "getBlockHeight", "getGenesisHash"]);
    }

    [Fact]
    public async Task A_request_that_is_tried_again_counts_again()
    {
        wire.Status = HttpStatusCode.ServiceUnavailable;
        using var limiter = Bucket(holds: 5);
        var endpoints = new RpcEndpoints([new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter))], time);

        for (var i = 0; i < 3; i++)
        {
            await Should.ThrowAsync<RpcTransportException>(
                endpoints.ReadAsync((node, c) => node.GetSlotAsync(cancellationToken: c), Cancel)
            );
        }

        limiter.GetStatistics()!.CurrentAvailablePermits.ShouldBe(2);
    }

    [Fact]
    public async Task The_bucket_of_one_node_does_not_hold_up_another()
    {
        var endpoints = RpcEndpoints.Parse($"{Url},http://two.test", http, time, limits: [new RpcLimit(1, 1), null]);
        await endpoints.All[0].GetSlotAsync(cancellationToken: Cancel);
        var waits = endpoints.All[0].GetSlotAsync(cancellationToken: Cancel);

        for (var i = 0; i < 50; i++)
        {
            await endpoints.All[1].GetSlotAsync(cancellationToken: Cancel);
        }

        wire.Times("two.test").Length.ShouldBe(50);
        await waits;
    }

    [Fact]
    public async Task Two_nodes_with_a_limit_have_a_bucket_each()
    {
        var endpoints = RpcEndpoints.Parse($"{Url},http://two.test", http, time, limits: [new RpcLimit(1, 3), new RpcLimit(1, 3)]);

        await Task.WhenAll(
            endpoints.All.SelectMany(node => Enumerable.Range(0, 3).Select(_ => node.GetSlotAsync(cancellationToken: Cancel)))
        );

        (wire.Times("one.test").Length, wire.Times("two.test").Length).ShouldBe((3, 3));
    }

    [Fact]
    public async Task A_waiting_request_that_is_cancelled_leaves_the_queue_and_takes_no_token()
    {
        using var limiter = Bucket(holds: 1);
        using var cancel = new CancellationTokenSource();
        var client = new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter));
        await client.GetSlotAsync(cancellationToken: Cancel);
        var waits = client.GetSlotAsync(cancellationToken: cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waits);
        limiter.GetStatistics()!.CurrentQueuedCount.ShouldBe(0);
        await RefillAsync(limiter);
        limiter.GetStatistics()!.CurrentAvailablePermits.ShouldBe(1);
        wire.Methods.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_waits_as_long_as_it_would_for_an_answer_fails_as_rate_limited_and_not_as_a_timeout_of_the_node()
    {
        using var limiter = Bucket(holds: 1);
        var client = new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter));
        await client.GetSlotAsync(cancellationToken: Cancel);
        var waits = client.GetSlotAsync(cancellationToken: Cancel);

        time.Advance(SolanaRpcClient.QuickTimeoutMax);

        var error = await Should.ThrowAsync<RpcRateLimitedException>(waits);
        error.Fault.ShouldBe(RpcFault.Unasked);
        error.ToString().ShouldNotContain("4711");
        wire.Methods.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Where_too_many_wait_the_next_fails_at_once_and_reads_go_to_another_node()
    {
        using var limiter = Bucket(holds: 1);
        var endpoints = new RpcEndpoints(
            [
                new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter, waitingMax: 0)),
                new SolanaRpcClient(http, new Uri("http://two.test"), time: time),
            ],
            time
        );
        await endpoints.All[0].GetSlotAsync(cancellationToken: Cancel);
        var waits = endpoints.All[0].GetSlotAsync(cancellationToken: Cancel);

        await endpoints.ReadAsync((node, c) => node.GetSlotAsync(cancellationToken: c), Cancel);

        (wire.Times("one.test").Length, wire.Times("two.test").Length).ShouldBe((1, 1));
        endpoints.Health[0].LastFailure.ShouldNotBeNull().ShouldContain("our own limit");
        await RefillAsync(limiter);
        await waits;
    }

    [Fact]
    public async Task A_node_that_our_own_limit_keeps_calls_from_is_not_left_alone_for_it()
    {
        using var limiter = Bucket(holds: 1);
        var failed = new List<EndpointHealth>();
        var endpoints = new RpcEndpoints([new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter))], time, failed.Add);
        await endpoints.ReadAsync((node, c) => node.GetSlotAsync(cancellationToken: c), Cancel);
        var read = endpoints.ReadAsync((node, c) => node.GetSlotAsync(cancellationToken: c), Cancel);
        var send = endpoints.BroadcastAsync(Transfer(), Cancel);

        time.Advance(SolanaRpcClient.QuickTimeoutMax);

        await Should.ThrowAsync<RpcRateLimitedException>(read);
        (await send)[0].Error.ShouldNotBeNull().Fault.ShouldBe(RpcFault.Unasked);
        (endpoints.Health[0].IsHealthy, endpoints.Health[0].ConsecutiveFailures, failed.Count).ShouldBe((true, 0, 0));
    }

    [Fact]
    public async Task A_node_that_is_asked_late_has_as_long_for_its_answer_as_any_other()
    {
        using var limiter = Bucket(holds: 1);
        var client = new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter));
        await client.GetSlotAsync(cancellationToken: Cancel);
        wire.Answers = new TaskCompletionSource();
        var (slow, hangs) = (client.GetSlotAsync(cancellationToken: Cancel), client.GetSlotAsync(cancellationToken: Cancel));
        var nearly = SolanaRpcClient.QuickTimeoutMax - TimeSpan.FromMilliseconds(1);

        time.Advance(nearly);
        await RefillAsync(limiter);
        await wire.HasAsync(2);
        time.Advance(nearly);

        slow.IsCompleted.ShouldBeFalse();
        wire.Answers.SetResult();
        await slow;
        await Should.ThrowAsync<RpcRateLimitedException>(hangs, "it had no turn in its time");
    }

    [Fact]
    public async Task A_node_that_does_not_answer_from_its_turn_on_has_timed_out()
    {
        using var limiter = Bucket(holds: 1);
        var client = new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter));
        await client.GetSlotAsync(cancellationToken: Cancel);
        wire.Answers = new TaskCompletionSource();
        var hangs = client.GetSlotAsync(cancellationToken: Cancel);
        time.Advance(SolanaRpcClient.QuickTimeoutMax / 2);
        await RefillAsync(limiter);
        await wire.HasAsync(2);

        time.Advance(SolanaRpcClient.QuickTimeoutMax);

        (await Should.ThrowAsync<RpcTransportException>(hangs)).IsTimeout.ShouldBeTrue();
    }

    [Fact]
    public async Task A_transaction_is_sent_before_the_scans_that_wait()
    {
        using var limiter = Bucket(holds: 1);
        var client = new SolanaRpcClient(http, Url, time: time, turns: Turns(limiter));
        await client.GetSlotAsync(cancellationToken: Cancel);
        Task[] scans = [.. Enumerable.Range(0, 5).Select(_ => client.GetSignaturesForAddressAsync(default, cancellationToken: Cancel))];
        var send = client.SendTransactionAsync(Transfer(), cancellationToken: Cancel);

        for (var sent = 2; sent <= 7; sent++)
        {
            await RefillAsync(limiter);
            await wire.HasAsync(sent);
        }

        await Should.ThrowAsync<RpcTransportException>(send, "a number is no signature");
        await Should.ThrowAsync<RpcTransportException>(Task.WhenAll(scans), "nor a list of them");
        wire.Methods[..4].ShouldBe(["getSlot", "getSignaturesForAddress", "sendTransaction", "getSignaturesForAddress"]);
    }

    [Fact]
    public async Task Without_a_limit_nothing_waits()
    {
        var endpoints = RpcEndpoints.Parse($"{Url}", http, time);

        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => endpoints.Primary.GetSlotAsync(cancellationToken: Cancel)));

        wire.Methods.Length.ShouldBe(500);
    }

    /// <summary>A bucket that is filled by hand, a token for each millisecond.</summary>
    private static TokenBucketRateLimiter Bucket(int holds) =>
        new(
            new TokenBucketRateLimiterOptions
            {
                TokenLimit = holds,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = TimeSpan.FromMilliseconds(1),
                QueueLimit = 10,
                AutoReplenishment = false,
            }
        );

    private static RpcTurns Turns(RateLimiter bucket, int waitingMax = 10) => new(bucket, waitingMax);

    private static byte[] Transfer()
    {
        using var payer = Account.Generate();
        return new TransactionBuilder()
            .SetFeePayer(payer.PublicKey)
            .SetRecentBlockhash(new Blockhash(new byte[32]))
            .AddInstruction(SystemProgram.Transfer(payer.PublicKey, payer.PublicKey, 1))
            .Build(payer)
            .Serialize();
    }

    private static async Task RefillAsync(TokenBucketRateLimiter bucket)
    {
        // It asks the machine's clock how many there are: more than it holds.
        await Task.Delay(TimeSpan.FromMilliseconds(20), Cancel);
        bucket.TryReplenish();
    }

    /// <summary>Records what would be sent, and answers any question with a number.</summary>
    private sealed class Wire : HttpMessageHandler
    {
        private readonly ConcurrentQueue<(string Host, string Method, long At)> requests = new();

        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        /// <summary>Nothing is answered before it is done; null answers at once.</summary>
        public TaskCompletionSource? Answers { get; set; }

        public string[] Methods => [.. requests.Select(r => r.Method)];

        public async Task HasAsync(int count)
        {
            while (requests.Count < count)
            {
                await Task.Delay(1, Cancel);
            }
        }

        public long[] Times(string host) => [.. requests.Where(r => r.Host == host).Select(r => r.At)];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var at = Stopwatch.GetTimestamp();
            using var body = JsonDocument.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken));
            requests.Enqueue((request.RequestUri!.Host, body.RootElement.GetProperty("method").GetString()!, at));
            await (Answers?.Task ?? Task.CompletedTask).WaitAsync(cancellationToken);
            var text = Status == HttpStatusCode.OK ? $$"""{"jsonrpc":"2.0","id":{{body.RootElement.GetProperty("id")}},"result":5}""" : "";
            return new HttpResponseMessage(Status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        }
    }
}
