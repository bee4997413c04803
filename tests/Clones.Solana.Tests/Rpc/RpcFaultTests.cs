using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Solana.Tests.Rpc;

/// <summary>HTTP status, JSON-RPC code and method decide whose fault an answer is, and so whether the next node is asked.</summary>
public sealed class RpcFaultTests : IAsyncLifetime
{
    private readonly HttpClient http = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly List<EndpointHealth> told = [];
    private FakeNode first = null!;
    private FakeNode second = null!;
    private RpcEndpoints endpoints = null!;

    /// <summary>Every code of JSON-RPC and of Solana's servers, some that providers made up, and some that nobody knows.</summary>
    public static TheoryData<long, RpcFault> Codes =>
        new()
        {
            { -32700, RpcFault.Node },
            { -32600, RpcFault.Node },
            { -32601, RpcFault.Node },
            { -32602, RpcFault.Request },
            { -32603, RpcFault.Node },
            { -32000, RpcFault.Node },
            { -32001, RpcFault.Data },
            // What is said of a transaction goes with no read.
            { -32002, RpcFault.Node },
            { -32003, RpcFault.Node },
            { -32004, RpcFault.Node },
            { -32005, RpcFault.Node },
            { -32006, RpcFault.Node },
            { -32007, RpcFault.Data },
            { -32008, RpcFault.Data },
            { -32009, RpcFault.Data },
            { -32010, RpcFault.Data },
            { -32011, RpcFault.Data },
            { -32012, RpcFault.Node },
            { -32013, RpcFault.Node },
            { -32014, RpcFault.Node },
            { -32015, RpcFault.Data },
            { -32016, RpcFault.Node },
            { -32017, RpcFault.Data },
            { -32018, RpcFault.Request },
            { -32019, RpcFault.Data },
            { -32020, RpcFault.Data },
            { -32021, RpcFault.Data },
            { -32429, RpcFault.Node },
            { 401, RpcFault.Node },
            { 402, RpcFault.Node },
            { 403, RpcFault.Node },
            { 429, RpcFault.Node },
            { 0, RpcFault.Node },
            { -99_999, RpcFault.Node },
        };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        (first, second) = (await FakeNode.StartAsync(), await FakeNode.StartAsync());
        endpoints = new RpcEndpoints(RpcEndpoints.Parse($"{first.Url},{second.Url}", http, time).All, time, told.Add);
    }

    public async ValueTask DisposeAsync()
    {
        await first.DisposeAsync();
        await second.DisposeAsync();
        http.Dispose();
    }

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Each_code_is_the_nodes_or_the_datas_or_the_requests(long code, RpcFault fault)
    {
        first.Error($$"""{"code":{{code}},"message":"said by provider.example"}""");
        second.Result("2");

        if (fault == RpcFault.Request)
        {
            (await Should.ThrowAsync<RpcException>(SlotAsync())).Fault.ShouldBe(fault);
            second.Requests.ShouldBeEmpty();
        }
        else
        {
            (await SlotAsync()).ShouldBe(2ul);
        }
        endpoints.Health[0].IsHealthy.ShouldBe(fault != RpcFault.Node);
        told.Count.ShouldBe(fault == RpcFault.Node ? 1 : 0);
    }

    [Theory]
    [InlineData("sendTransaction", 200, -32002, RpcFault.Request)]
    [InlineData("sendTransaction", 200, -32003, RpcFault.Request)]
    [InlineData("sendTransaction", 200, -32006, RpcFault.Request)]
    [InlineData("sendTransaction", 200, -32013, RpcFault.Request)]
    [InlineData("simulateTransaction", 200, -32003, RpcFault.Request)]
    [InlineData("sendTransaction", 400, -32002, RpcFault.Request)]
    [InlineData("getBalance", 400, -32602, RpcFault.Request)]
    [InlineData("sendTransaction", 401, -32002, RpcFault.Node)]
    [InlineData("getBalance", 401, -32602, RpcFault.Node)]
    [InlineData("getBalance", 402, -32602, RpcFault.Node)]
    [InlineData("getBalance", 403, -32011, RpcFault.Node)]
    [InlineData("getBalance", 404, -32602, RpcFault.Node)]
    [InlineData("getBalance", 500, -32602, RpcFault.Node)]
    [InlineData("getBalance", 503, -32015, RpcFault.Node)]
    public async Task A_code_counts_only_with_the_status_and_the_method_that_it_goes_with(
        string method,
        int status,
        long code,
        RpcFault fault
    )
    {
        first.Error($$"""{"code":{{code}},"message":"x"}""", status);
        Task call = method switch
        {
            "sendTransaction" => endpoints.All[0].SendTransactionAsync(new byte[10], cancellationToken: Cancel),
            "simulateTransaction" => endpoints.All[0].SimulateTransactionAsync(new byte[10], cancellationToken: Cancel),
            _ => endpoints.All[0].GetBalanceAsync(default, cancellationToken: Cancel),
        };

        (await Should.ThrowAsync<RpcException>(call)).Fault.ShouldBe(fault);
    }

    [Theory]
    [InlineData(401, """{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"provider.example: no such key"}}""")]
    [InlineData(401, """{"message":"Unauthorized"}""")]
    [InlineData(401, "")]
    [InlineData(402, """{"error":"Payment Required"}""")]
    [InlineData(403, """{"jsonrpc":"2.0","id":1,"error":{"code":403,"message":"provider.example: forbidden"}}""")]
    [InlineData(403, "<html>Forbidden</html>")]
    [InlineData(404, "Not Found")]
    [InlineData(429, "Too many requests")]
    [InlineData(500, """{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"x"}}""")]
    [InlineData(502, "<html>Bad Gateway</html>")]
    [InlineData(200, "<html>Log in to provider.example</html>")]
    [InlineData(200, """{"error":"Unauthorized"}""")]
    [InlineData(200, """{"jsonrpc":"2.0","id":1,"error":{"code":"401","message":"Unauthorized"}}""")]
    [InlineData(200, "[]")]
    public async Task A_node_that_does_not_serve_is_passed_over_left_alone_and_shown_to_operators_only(int status, string body)
    {
        first.Says(_ => body, status);
        second.Result("2");

        (await SlotAsync()).ShouldBe(2ul);
        (await SlotAsync()).ShouldBe(2ul);

        first.Requests.Count.ShouldBe(1);
        var health = endpoints.Health[0];
        (health.IsHealthy, health.ConsecutiveFailures).ShouldBe((false, 1));
        health.LastFailure.ShouldStartWith($"getSlot at http://127.0.0.1:{first.Url.Port}: ");
        told.ShouldHaveSingleItem().LastFailure.ShouldBe(health.LastFailure);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(200)]
    [InlineData(503)]
    public async Task Where_every_node_rejects_the_message_for_callers_names_none_and_the_diagnosis_does(int status)
    {
        foreach (var node in (FakeNode[])[first, second])
        {
            node.Error("""{"code":-32600,"message":"provider.example: no such key"}""", status);
        }

        var error = await Should.ThrowAsync<RpcException>(SlotAsync());

        error.Message.ShouldBe("The chain does not answer now.");
        error.Diagnosis.ShouldContain("provider.example");
        error.Diagnosis.ShouldContain($"http://127.0.0.1:{first.Url.Port}");
        error.ToString().ShouldContain(error.Diagnosis);
        ((Exception)error).Diagnosis().ShouldBe(error.Diagnosis);
        new InvalidOperationException("as it is").Diagnosis().ShouldBe("as it is");
    }

    [Fact]
    public async Task A_node_that_rejects_a_transaction_says_nothing_of_it_and_is_left_alone()
    {
        using var payer = Account.Generate();
        var transaction = new TransactionBuilder()
            .SetFeePayer(payer.PublicKey)
            .SetRecentBlockhash(new Blockhash(new byte[32]))
            .AddInstruction(SystemProgram.Transfer(payer.PublicKey, payer.PublicKey, 1))
            .Build(payer);
        first.Error("""{"code":-32002,"message":"x","data":{"err":"AlreadyProcessed","logs":[]}}""", 401);
        second.Result($"\"{transaction.Id}\"");

        var results = await endpoints.BroadcastAsync(transaction.Serialize(), Cancel);

        results.Select(r => r.IsInFlight).ShouldBe([false, true]);
        endpoints.Health[0].IsHealthy.ShouldBeFalse();
    }

    private Task<ulong> SlotAsync() => endpoints.ReadAsync((c, cancel) => c.GetSlotAsync(cancellationToken: cancel), Cancel);
}
