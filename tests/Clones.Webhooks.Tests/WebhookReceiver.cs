using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Clones.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clones.Webhooks.Tests;

/// <summary>An owner's server: a real listener, which answers by path as a test tells it to and remembers what it got.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<HttpContext, int, Task>> answers = new();
    private readonly ConcurrentDictionary<string, int> counts = new();
    private readonly WebApplication app;

    private WebhookReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<Received> Requests { get; } = [];

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(builder.Build());
        receiver.app.Run(receiver.HandleAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>A path of its own for a test.</summary>
    /// <param name="answer">Gets the number of the request on this path, from 1 on.</param>
    public string Path(Func<HttpContext, int, Task> answer)
    {
        var path = $"/{Guid.NewGuid():N}";
        answers[path] = answer;
        return new Uri(Address, path).ToString();
    }

    public string Path(params int[] statuses) =>
        Path(
            (context, number) =>
            {
                context.Response.StatusCode = statuses[Math.Min(number, statuses.Length) - 1];
                return Task.CompletedTask;
            }
        );

    public IReadOnlyList<Received> At(string url) => [.. Requests.Where(r => r.Path == new Uri(url).AbsolutePath)];

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await app.StopAsync(now.Token);
        await app.DisposeAsync().AsTask().OrGiveUpAsync("the receiver to end", CancellationToken.None);
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var path = context.Request.Path.Value!;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Requests.Enqueue(new Received(path, headers, body.ToArray()));
        var number = counts.AddOrUpdate(path, 1, (_, n) => n + 1);
        if (answers.TryGetValue(path, out var answer))
        {
            await answer(context, number);
        }
        else
        {
            context.Response.StatusCode = 404;
        }
    }
}

internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public long Timestamp => long.Parse(Headers["webhook-timestamp"], System.Globalization.CultureInfo.InvariantCulture);

    public string[] Signatures => Headers["webhook-signature"].Split(' ');

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>As a receiver has it in its own words, not by the code that signs.</summary>
    public bool IsSignedWith(string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var signed = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Id}.{Timestamp}.{Text}"));
        return Signatures.Contains($"v1,{Convert.ToBase64String(signed)}");
    }
}
