using Clones.Solana.Rpc;

namespace Clones.Solana.Tests.Rpc;

/// <summary>One fake node and a client for it, new for every test.</summary>
public abstract class RpcFixture : IAsyncLifetime
{
    internal FakeNode Node { get; private set; } = null!;

    protected SolanaRpcClient Client { get; private set; } = null!;

    protected HttpClient Http { get; } = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Node = await FakeNode.StartAsync();
        Client = new SolanaRpcClient(Http, Node.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        Http.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Nothing of an exception may hold what only the endpoint's owner knows.</summary>
    protected static void ShouldHideKeys(RpcException exception)
    {
        var text = exception.ToString();
        text.ShouldNotContain("4711");
        text.ShouldNotContain("pa55word");
        text.ShouldContain("http://127.0.0.1:");
        exception.Endpoint.ShouldNotContain("4711");
    }
}
