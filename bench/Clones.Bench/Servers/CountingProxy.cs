using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clones.Bench.Servers;

/// <summary>Stands before a node and counts what is asked of it, on the wire.</summary>
internal sealed class CountingProxy : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient http = new();
    private readonly ConcurrentDictionary<string, int> requests = new();

    private CountingProxy(Uri node, TimeSpan latency)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.MapPost(
            "/",
            async (HttpContext context) =>
            {
                using var asked = new MemoryStream();
                await context.Request.Body.CopyToAsync(asked, context.RequestAborted);
                requests.AddOrUpdate(MethodOf(asked.GetBuffer().AsSpan(0, (int)asked.Length)), 1, (_, count) => count + 1);
                if (latency > TimeSpan.Zero)
                {
                    await Task.Delay(latency, context.RequestAborted);
                }
                using var body = new ByteArrayContent(asked.GetBuffer(), 0, (int)asked.Length);
                body.Headers.ContentType = new("application/json");
                using var answer = await http.PostAsync(node, body, context.RequestAborted);
                context.Response.StatusCode = (int)answer.StatusCode;
                context.Response.ContentType = "application/json";
                await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
            }
        );
    }

    /// <summary>So far, by method.</summary>
    public IReadOnlyDictionary<string, int> Requests => new Dictionary<string, int>(requests);

    public Uri Url => new(app.Urls.First());

    /// <param name="latency">What a node far away takes longer, on each request.</param>
    public static async Task<CountingProxy> StartAsync(Uri node, TimeSpan latency)
    {
        var proxy = new CountingProxy(node, latency);
        await proxy.app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
    }

    private static string MethodOf(ReadOnlySpan<byte> request)
    {
        var reader = new Utf8JsonReader(request);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("method"u8))
            {
                reader.Read();
                return reader.GetString()!;
            }
        }
        return "";
    }
}
