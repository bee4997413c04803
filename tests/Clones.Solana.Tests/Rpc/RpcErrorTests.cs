using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Solana.Tests.Rpc;

public sealed class RpcErrorTests : RpcFixture
{
    [Fact]
    public async Task Status_429_is_a_rate_limit_with_the_wait_the_node_asks_for()
    {
        Node.Answer = (context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "7";
            return context.Response.WriteAsync("Too many requests");
        };
        var error = await Should.ThrowAsync<RpcRateLimitedException>(Client.GetSlotAsync(cancellationToken: Cancel));
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(7));
        ShouldHideKeys(error);
    }

    [Fact]
    public async Task A_rate_limit_until_a_date_is_counted_from_the_injected_clock()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Node.Answer = (context, _) =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "Thu, 01 Jan 2026 00:00:40 GMT";
            return Task.CompletedTask;
        };
        var client = new SolanaRpcClient(Http, Node.Url, time: time);
        var error = await Should.ThrowAsync<RpcRateLimitedException>(client.GetSlotAsync(cancellationToken: Cancel));
        error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(-32429)]
    public async Task A_rate_limit_inside_an_answer_is_one_too(int code)
    {
        Node.Error($$"""{"code":{{code}},"message":"slow down"}""");
        (await Should.ThrowAsync<RpcRateLimitedException>(Client.GetSlotAsync(cancellationToken: Cancel))).RetryAfter.ShouldBeNull();
    }

    [Fact]
    public async Task A_node_that_is_behind_says_by_how_much()
    {
        Node.Error("""{"code":-32005,"message":"Node is behind by 42 slots","data":{"numSlotsBehind":42}}""");
        var error = await Should.ThrowAsync<RpcNodeBehindException>(Client.GetHealthAsync(Cancel));
        error.SlotsBehind.ShouldBe(42ul);
        ShouldHideKeys(error);
    }

    [Theory]
    [InlineData("""{"code":-32005,"message":"Node is unhealthy","data":{}}""")]
    [InlineData("""{"code":-32005,"message":"Node is unhealthy","data":{"numSlotsBehind":null}}""")]
    [InlineData("""{"code":-32005,"message":"Node is unhealthy"}""")]
    [InlineData("""{"code":-32016,"message":"Minimum context slot has not been reached","data":{"contextSlot":5}}""")]
    public async Task A_node_that_is_behind_need_not_say_by_how_much(string error)
    {
        Node.Error(error, 503);
        (await Should.ThrowAsync<RpcNodeBehindException>(Client.GetSlotAsync(cancellationToken: Cancel))).SlotsBehind.ShouldBeNull();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    [InlineData(500)]
    public async Task An_error_object_is_an_rpc_error_whatever_the_status(int status)
    {
        Node.Error("""{"code":-32602,"message":"Invalid param: could not find account","data":{"n":18446744073709551615}}""", status);
        var error = await Should.ThrowAsync<RpcErrorException>(Client.GetTokenAccountBalanceAsync(default, cancellationToken: Cancel));
        error.Code.ShouldBe(-32602);
        error.ErrorMessage.ShouldBe("Invalid param: could not find account");
        error.Data!.Value.GetProperty("n").GetUInt64().ShouldBe(ulong.MaxValue);
        error.IsAlreadyProcessed.ShouldBeFalse();
        ShouldHideKeys(error);
    }

    [Fact]
    public async Task A_failed_preflight_carries_the_simulation()
    {
        Node.Error(
            """
            {"code":-32002,"message":"Transaction simulation failed","data":
             {"err":{"InstructionError":[0,{"Custom":1}]},"logs":["a","b"],"unitsConsumed":150,"accounts":null,"returnData":null}}
            """
        );
        var error = await Should.ThrowAsync<RpcErrorException>(Client.SendTransactionAsync(new byte[10], cancellationToken: Cancel));
        error.Preflight!.Err.ShouldBe("""{"InstructionError":[0,{"Custom":1}]}""");
        error.Preflight.Logs.ShouldBe(["a", "b"]);
        error.Preflight.UnitsConsumed.ShouldBe(150ul);
        error.IsAlreadyProcessed.ShouldBeFalse();
    }

    [Fact]
    public async Task A_transaction_that_the_node_knows_already_is_recognised()
    {
        Node.Error("""{"code":-32002,"message":"already processed","data":{"err":"AlreadyProcessed","logs":[]}}""");
        var error = await Should.ThrowAsync<RpcErrorException>(Client.SendTransactionAsync(new byte[10], cancellationToken: Cancel));
        error.IsAlreadyProcessed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_node_that_echoes_the_transaction_does_not_get_it_into_an_exception()
    {
        var bytes = Enumerable.Range(0, 300).Select(i => (byte)(i * 7)).ToArray();
        var (base64, base58) = (Convert.ToBase64String(bytes), Base58.Encode(bytes));
        Node.Error("{\"code\":-32602,\"message\":\"cannot decode " + base64 + " nor\\n" + base58 + "\"}");
        var error = await Should.ThrowAsync<RpcErrorException>(Client.SendTransactionAsync(bytes, cancellationToken: Cancel));
        error.ToString().ShouldNotContain(base64[..90]);
        error.ToString().ShouldNotContain(base58[..90]);
        error.ErrorMessage.ShouldBe("cannot decode [data] nor [data]");
    }

    [Fact]
    public async Task Nothing_is_ever_retried_by_the_client_itself()
    {
        Node.Says(_ => "", 503);
        await Should.ThrowAsync<RpcTransportException>(Client.SendTransactionAsync(new byte[10], cancellationToken: Cancel));
        Node.Requests.Count.ShouldBe(1);
    }
}
