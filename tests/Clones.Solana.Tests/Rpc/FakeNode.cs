using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Solana.Tests.Rpc;

/// <summary>A node over real HTTP whose answers a test dictates.</summary>
internal sealed class FakeNode : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<JsonElement> requests = new();

    private FakeNode(WebApplication app, Uri url)
    {
        this.app = app;
        Url = url;
    }

    /// <summary>With an API key where providers put them, so that every test would show a leak.</summary>
    public Uri Url { get; }

    public IReadOnlyList<JsonElement> Requests => [.. requests];

    public Func<HttpContext, JsonElement, Task> Answer { get; set; } = (context, _) => context.Response.WriteAsync("{}");

    public static async Task<FakeNode> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        FakeNode? node = null;
        app.Run(async context =>
        {
            using var document = await JsonDocument.ParseAsync(context.Request.Body);
            var request = document.RootElement.Clone();
            node!.requests.Enqueue(request);
            await node.Answer(context, request);
        });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        node = new FakeNode(app, new Uri($"{address.Replace("://", "://user:pa55word@")}/v2/path-key-4711?api-key=query-key-4711"));
        return node;
    }

    public FakeNode Result(string json) =>
        Says(request => $$"""{"jsonrpc":"2.0","id":{{request.GetProperty("id").GetRawText()}},"result":{{json}}}""");

    public FakeNode Value(string json, ulong slot = 77) =>
        Result("{\"context\":{\"slot\":" + slot + ",\"apiVersion\":\"3.0.0\"},\"value\":" + json + "}");

    public FakeNode Error(string json, int status = 200) =>
        Says(request => $$"""{"jsonrpc":"2.0","id":{{request.GetProperty("id").GetRawText()}},"error":{{json}}}""", status);

    public FakeNode Says(Func<JsonElement, string> body, int status = 200)
    {
        Answer = (context, request) =>
        {
            context.Response.StatusCode = status;
            return context.Response.WriteAsync(body(request));
        };
        return this;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
