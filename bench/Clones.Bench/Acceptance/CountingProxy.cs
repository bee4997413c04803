using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clones.Bench.Acceptance;

/// <summary>Stands before a node and counts what is asked of it, on the wire.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http = new();
    private int requests;

    private CountingProxy(Uri node)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost(
            "/",
            async (HttpContext context) =>
            {
                Interlocked.Increment(ref requests);
                using var body = new StreamContent(context.Request.Body);
                body.Headers.ContentType = new("application/json");
                using var answer = await http.PostAsync(node, body, context.RequestAborted);
                context.Response.StatusCode = (int)answer.StatusCode;
                context.Response.ContentType = "application/json";
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        );
    }

    public int Requests => Volatile.Read(ref requests);

    public string Url => app.Urls.First();

    public static async Task<CountingProxy> StartAsync(Uri node)
    {
        var proxy = new CountingProxy(node);
        await proxy.app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
    }
}
