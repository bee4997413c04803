using System.Net;
using System.Net.Sockets;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Clones.Solana.Tests.Rpc;

public sealed class RpcTransportTests : RpcFixture
{
    [Fact]
    public async Task A_refused_connection_is_a_transport_error()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        var client = new SolanaRpcClient(Http, new Uri($"http://127.0.0.1:{port}/?api-key=4711"));
        var error = await Should.ThrowAsync<RpcTransportException>(client.GetSlotAsync(cancellationToken: Cancel));
        error.HttpStatus.ShouldBeNull();
        error.IsTimeout.ShouldBeFalse();
        error.Method.ShouldBe("getSlot");
        ShouldHideKeys(error);
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_of_an_answer_is_a_transport_error()
    {
        Node.Answer = async (context, _) =>
        {
            context.Response.ContentLength = 1_000;
            await context.Response.WriteAsync("""{"jsonrpc":""");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        ShouldHideKeys(await Should.ThrowAsync<RpcTransportException>(Client.GetSlotAsync(cancellationToken: Cancel)));
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 15)]
    public async Task No_answer_in_time_is_a_transport_error_that_says_timeout_and_searches_get_more_time(bool search, int seconds)
    {
        var asked = new TaskCompletionSource();
        Node.Answer = (context, _) =>
        {
            asked.SetResult();
            return NeverAsync(context);
        };
        var time = new FakeTimeProvider();
        var client = new SolanaRpcClient(Http, Node.Url, TimeSpan.FromSeconds(15), time);
        Task call = search
            ? client.GetSignatureStatusesAsync([default], searchTransactionHistory: true, Cancel)
            : client.GetSlotAsync(cancellationToken: Cancel);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        call.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        var error = await Should.ThrowAsync<RpcTransportException>(call);
        error.IsTimeout.ShouldBeTrue();
        ShouldHideKeys(error);
    }

    [Fact]
    public async Task The_timeout_of_the_http_client_is_a_transport_error_too()
    {
        Node.Answer = (context, _) => NeverAsync(context);
        using var hasty = new HttpClient { Timeout = TimeSpan.FromMilliseconds(50) };
        var call = new SolanaRpcClient(hasty, Node.Url).GetSlotAsync(cancellationToken: Cancel);
        (await Should.ThrowAsync<RpcTransportException>(call)).IsTimeout.ShouldBeTrue();
    }

    [Fact]
    public async Task Cancellation_by_the_caller_is_a_cancellation_and_no_rpc_error()
    {
        using var cancel = new CancellationTokenSource();
        Node.Answer = (context, _) =>
        {
            cancel.Cancel();
            return NeverAsync(context);
        };
        await Should.ThrowAsync<OperationCanceledException>(Client.GetSlotAsync(cancellationToken: cancel.Token));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task An_http_error_without_a_json_rpc_answer_is_a_transport_error_with_its_status(int status)
    {
        Node.Says(_ => "<html>secret proxy page</html>", status);
        var error = await Should.ThrowAsync<RpcTransportException>(Client.GetSlotAsync(cancellationToken: Cancel));
        error.HttpStatus.ShouldBe(status);
        error.ToString().ShouldNotContain("secret");
        ShouldHideKeys(error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"jsonrpc":"2.0","id":ID}""")]
    [InlineData("""{"jsonrpc":"2.0","result":5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":999999,"result":5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"ID","result":5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":"5"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":5.5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":-1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":18446744073709551616}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"error":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":ID,"error":{"code":"x","message":"y"}}""")]
    public async Task An_answer_of_another_shape_is_a_transport_error_never_a_value(string body)
    {
        Node.Says(request => body.Replace("ID", request.GetProperty("id").GetRawText(), StringComparison.Ordinal));
        var error = await Should.ThrowAsync<RpcTransportException>(Client.GetSlotAsync(cancellationToken: Cancel));
        error.HttpStatus.ShouldBe(200);
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/")]
    [InlineData("relative")]
    public void Only_absolute_http_addresses_are_endpoints(string url) =>
        Should.Throw<ArgumentException>(() => new SolanaRpcClient(Http, new Uri(url, UriKind.RelativeOrAbsolute)));

    /// <summary>Holds the answer back until the client hangs up.</summary>
    private static Task NeverAsync(HttpContext context) =>
        Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
}
