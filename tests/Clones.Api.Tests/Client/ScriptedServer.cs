using System.Collections.Concurrent;
using Clones.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Clones.Api.Tests.Client;

/// <summary>A real HTTP server that answers as a test says, for what the API itself never does: breaking off, lying, being too busy on demand.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> script = new();

    private ScriptedServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(context =>
        {
            Seen.Enqueue((context.Request.Path + context.Request.QueryString, Copy(context.Request.Headers)));
            return script.TryDequeue(out var answer)
                ? answer(context)
                : Task.FromException(new InvalidOperationException("The script is over."));
        });
    }

    /// <summary>Requests as they came: path with query, and headers.</summary>
    public ConcurrentQueue<(string Path, IReadOnlyDictionary<string, string> Headers)> Seen { get; } = new();

    public Uri Address => new(app.Urls.First());

    public static async Task<ScriptedServer> StartAsync(params Func<HttpContext, Task>[] answers)
    {
        var server = new ScriptedServer();
        foreach (var answer in answers)
        {
            server.script.Enqueue(answer);
        }

        await server.app.StartAsync();
        return server;
    }

    public ClonesClient Client(
        string? key = "key-of-the-scripted-server",
        TimeSpan? tryTimeout = null,
        int retriesMax = 4,
        TimeSpan? silenceMax = null
    ) =>
        new(
            new ClonesClientOptions
            {
                BaseAddress = Address,
                Credentials = key is null ? ClonesCredentials.None : ClonesCredentials.ApiKey(key),
                RetriesMax = retriesMax,
                TryTimeout = tryTimeout ?? TimeSpan.FromSeconds(20),
                SilenceMax = silenceMax ?? TimeSpan.FromSeconds(45),
            }
        );

    public static Func<HttpContext, Task> Says(int status, string type, string body, params (string Name, string Value)[] headers) =>
        async context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            foreach (var (name, value) in headers)
            {
                context.Response.Headers[name] = value;
            }

            await context.Response.WriteAsync(body);
        };

    public static Func<HttpContext, Task> Rejects(int status, string code, params (string Name, string Value)[] headers) =>
        Says(
            status,
            "application/problem+json",
            $$"""{"title":"No.","status":{{status}},"detail":"Not now.","code":"{{code}}"}""",
            headers
        );

    /// <summary>The connection breaks before anything is said.</summary>
    public static Task BreaksOff(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Until the caller has had enough.</summary>
    public static Task IsSilent(HttpContext context) =>
        Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private static Dictionary<string, string> Copy(IHeaderDictionary headers) =>
        headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
}
