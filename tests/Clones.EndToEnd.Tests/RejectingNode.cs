using System.Net;
using System.Text;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>A node of a provider that no longer takes our key: whatever is asked, the answer is HTTP 401 with the JSON-RPC error -32600.</summary>
internal sealed class RejectingNode : IDisposable
{
    public const string Words = "invalid api key: renew it at rejecting-provider.example";

    private readonly HttpListener listener = new();
    private int asked;

    public RejectingNode()
    {
        Url = FreePort.Url();
        listener.Prefixes.Add(Url.ToString());
        listener.Start();
        _ = ServeAsync();
    }

    public Uri Url { get; }

    public int Asked => asked;

    public void Dispose() => listener.Close();

    private async Task ServeAsync()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","error":{"code":-32600,"message":"{{Words}}"},"id":null}""");
        while (listener.IsListening)
        {
            try
            {
                var context = await listener.GetContextAsync();
                Interlocked.Increment(ref asked);
                context.Response.StatusCode = 401;
                context.Response.ContentType = "application/json";
                context.Response.Close(body, willBlock: false);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // Closed, or the caller went away.
            }
        }
    }
}
