using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Solana.Tests.Rpc;

public sealed class RpcEndpointsTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private FakeNode first = null!;
    private FakeNode second = null!;
    private RpcEndpoints endpoints = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (first, second) = (await FakeNode.StartAsync(), await FakeNode.StartAsync());
        endpoints = RpcEndpoints.Parse($" {first.Url} ,{second.Url},", http, time);
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        http.Dispose();
    }

    [Fact]
    public async Task Reads_go_to_the_preferred_endpoint_while_it_answers()
    {
        first.Result("1");
        second.Result("2");
        (await SlotAsync()).ShouldBe(1ul);
        (await SlotAsync()).ShouldBe(1ul);
        second.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failing_endpoint_is_passed_over_then_left_alone_then_tried_again()
    {
        first.Says(_ => "", 503);
        second.Result("2");
        (await SlotAsync()).ShouldBe(2ul);
        (await SlotAsync()).ShouldBe(2ul);
        first.Requests.Count.ShouldBe(1);
        endpoints.Primary.Endpoint.ShouldBe(second.Url);
        endpoints.Health[0].IsHealthy.ShouldBeFalse();
        endpoints.Health[0].LastFailure!.ShouldNotContain("4711");

        first.Result("1");
        time.Advance(TimeSpan.FromMilliseconds(500));
        (await SlotAsync()).ShouldBe(1ul);
        endpoints.Health[0].ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public async Task The_pause_doubles_with_every_failure_up_to_thirty_seconds()
    {
        first.Says(_ => "", 503);
        second.Result("2");
        var pauses = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            await SlotAsync();
            var pause = endpoints.Health[0].PausedUntil!.Value - time.GetUtcNow();
            pauses.Add(pause.TotalSeconds);
            time.Advance(pause);
        }

        pauses.ShouldBe([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
    }

    [Fact]
    public async Task A_node_that_asks_for_a_wait_gets_it()
    {
        first.Answer = (context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "12";
            return Task.CompletedTask;
        };
        second.Result("2");
        (await SlotAsync()).ShouldBe(2ul);
        endpoints.Health[0].PausedUntil.ShouldBe(time.GetUtcNow() + TimeSpan.FromSeconds(12));
    }

    [Fact]
    public async Task A_node_that_is_behind_is_passed_over()
    {
        first.Error("""{"code":-32016,"message":"Minimum context slot has not been reached"}""");
        second.Result("2");
        (await SlotAsync()).ShouldBe(2ul);
    }

    [Fact]
    public async Task When_every_endpoint_fails_the_failure_of_the_preferred_one_is_thrown()
    {
        first.Error("""{"code":-32005,"message":"behind","data":{"numSlotsBehind":9}}""");
        second.Says(_ => "", 500);
        (await Should.ThrowAsync<RpcNodeBehindException>(SlotAsync())).SlotsBehind.ShouldBe(9ul);
    }

    [Fact]
    public async Task When_every_endpoint_is_paused_the_one_due_first_is_asked_nevertheless()
    {
        first.Says(_ => "", 500);
        second.Says(_ => "", 500);
        await Should.ThrowAsync<RpcTransportException>(SlotAsync());
        first.Result("1");
        second.Result("2");
        (await SlotAsync()).ShouldBe(1ul);
    }

    [Fact]
    public async Task An_error_that_every_node_would_give_is_not_carried_to_the_next()
    {
        first.Error("""{"code":-32602,"message":"Invalid params"}""");
        await Should.ThrowAsync<RpcErrorException>(SlotAsync());
        second.Requests.ShouldBeEmpty();
        endpoints.Health[0].IsHealthy.ShouldBeTrue();
    }

    [Fact]
    public async Task What_one_node_lacks_another_is_asked_for()
    {
        first.Error("""{"code":-32011,"message":"Transaction history is not available from this node"}""");
        second.Result("2");
        (await SlotAsync()).ShouldBe(2ul);
        endpoints.Health[0].IsHealthy.ShouldBeTrue();
    }

    [Fact]
    public async Task A_null_is_an_answer_and_no_reason_to_ask_another_node()
    {
        first.Result("null");
        (await endpoints.ReadAsync((c, cancel) => c.GetTransactionAsync(default, cancellationToken: cancel), Cancel)).ShouldBeNull();
        second.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broadcast_reaches_every_endpoint_and_tells_what_each_said()
    {
        var transaction = SignedTransfer();
        first.Result($"\"{transaction.Id}\"");
        second.Answer = (context, _) =>
        {
            context.Response.StatusCode = 429;
            return Task.CompletedTask;
        };
        var results = await endpoints.BroadcastAsync(transaction.Serialize(), Cancel);
        results[0].Accepted.ShouldBe(transaction.Id);
        results[0].IsInFlight.ShouldBeTrue();
        results[1].Accepted.ShouldBeNull();
        results[1].Error.ShouldBeOfType<RpcRateLimitedException>();
        results[1].IsInFlight.ShouldBeFalse();
        var options = first.Requests.Single().GetProperty("params")[1];
        options.GetProperty("skipPreflight").GetBoolean().ShouldBeTrue();
        options.GetProperty("maxRetries").GetInt32().ShouldBe(0);
        second.Requests.Single().GetProperty("params")[0].GetBytesFromBase64().ShouldBe(transaction.Serialize());
    }

    [Fact]
    public async Task A_broadcast_does_not_skip_a_paused_endpoint()
    {
        first.Says(_ => "", 500);
        second.Result("2");
        await SlotAsync();
        var transaction = SignedTransfer();
        first.Result($"\"{transaction.Id}\"");
        (await endpoints.BroadcastAsync(transaction.Serialize(), Cancel))[0].Accepted.ShouldBe(transaction.Id);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_after_it_failed_holds_no_broadcast_up()
    {
        first.Says(_ => "", 500);
        second.Result("2");
        await SlotAsync();
        var transaction = SignedTransfer();
        var hanging = new TaskCompletionSource();
        first.Answer = (_, _) => hanging.Task;
        second.Result($"\"{transaction.Id}\"");

        var results = await endpoints.BroadcastAsync(transaction.Serialize(), Cancel);

        results[0].Accepted.ShouldBeNull();
        results[1].Accepted.ShouldBe(transaction.Id);
        endpoints.IsPaused(endpoints.All[0]).ShouldBeTrue();
        endpoints.IsPaused(endpoints.All[1]).ShouldBeFalse();
        hanging.SetResult();
    }

    [Fact]
    public async Task An_endpoint_that_confirms_another_signature_has_not_accepted()
    {
        var transaction = SignedTransfer();
        first.Result($"\"{Base58.Encode(new byte[64])}\"");
        second.Error("""{"code":-32002,"message":"x","data":{"err":"AlreadyProcessed","logs":[]}}""");
        var results = await endpoints.BroadcastAsync(transaction.Serialize(), Cancel);
        results[0].Accepted.ShouldBeNull();
        results[0].Error.ShouldBeOfType<RpcTransportException>();
        results[1].IsInFlight.ShouldBeTrue();
    }

    [Fact]
    public async Task Bytes_that_are_no_transaction_are_not_broadcast()
    {
        await Should.ThrowAsync<FormatException>(endpoints.BroadcastAsync(new byte[200], Cancel));
        first.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("http://ok.example,secret-4711")]
    [InlineData("file:///secret-4711")]
    public void A_list_of_addresses_is_rejected_without_repeating_it(string urls) =>
        Should.Throw<FormatException>(() => RpcEndpoints.Parse(urls, http, time)).Message.ShouldNotContain("4711");

    private static Transaction SignedTransfer()
    {
        using var payer = Account.FromSeed(new byte[32]);
        return new TransactionBuilder()
            .SetFeePayer(payer.PublicKey)
            .SetRecentBlockhash(new Blockhash(new byte[32]))
            .AddInstruction(SystemProgram.Transfer(payer.PublicKey, payer.PublicKey, 1))
            .Build(payer);
    }

    private Task<ulong> SlotAsync() => endpoints.ReadAsync((c, cancel) => c.GetSlotAsync(cancellationToken: cancel), Cancel);
}
