using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Clones.Testing.Transit;

/// <summary>
/// Stands in for HashiCorp Vault where none can run: its Transit engine over HTTP, as documented
/// (https://developer.hashicorp.com/vault/api-docs/secret/transit) and as its source answers where the documents are silent, with keys that really
/// encrypt. It can be told to misbehave in the ways that Vault and the network do.
/// </summary>
public sealed class TransitStandIn : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly X509Certificate2? certificate;
    private readonly ConcurrentDictionary<string, TransitStandInKey> keys = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(int Status, string Body)> answers = new();
    private readonly ConcurrentQueue<TransitStandInRequest> requests = new();

    private TransitStandIn(X509Certificate2? certificate)
    {
        this.certificate = certificate;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, Listen));
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }
        app = builder.Build();
        app.Run(HandleAsync);

        void Listen(ListenOptions listen)
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }
    }

    /// <summary>For VAULT_ADDR.</summary>
    public string Address { get; private set; } = "";

    /// <summary>For VAULT_CACERT: the certificate signs itself. Null without TLS.</summary>
    public string? CertificatePem => certificate?.ExportCertificatePem();

    /// <summary>The one token that is let in.</summary>
    public string Token { get; set; } = "hvs." + Convert.ToHexString(RandomNumberGenerator.GetBytes(12));

    /// <summary>Null: the root namespace.</summary>
    public string? Namespace { get; set; }

    public string Mount { get; set; } = "transit";

    /// <summary>Whether the token has <c>create</c> on encrypt: then Vault makes a key for any name.</summary>
    public bool MayCreateKeys { get; set; } = true;

    public bool IsSealed { get; set; }

    /// <summary>Requests that are told to come later, then all is well again.</summary>
    public int RateLimited { get; set; }

    /// <summary>In seconds, beside the next status 429.</summary>
    public int? RetryAfter { get; set; }

    /// <summary>Requests that are never answered.</summary>
    public int Unanswered { get; set; }

    /// <summary>Requests whose work is done and whose connection is then cut.</summary>
    public int Dropped { get; set; }

    /// <summary>A standby that does not forward sends everybody to this address of the active node.</summary>
    public string? RedirectTo { get; set; }

    /// <summary>As Vault before 1.13, which passes over the field.</summary>
    public bool IgnoresAssociatedData { get; set; }

    /// <summary>Called before status 403 is answered.</summary>
    public Action? OnForbidden { get; set; }

    public IReadOnlyList<TransitStandInRequest> Requests => [.. requests];

    public static async Task<TransitStandIn> StartAsync(bool tls = false)
    {
        var standIn = new TransitStandIn(tls ? SelfSigned() : null);
        await standIn.app.StartAsync();
        var addresses = standIn.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        standIn.Address = addresses.Single();
        return standIn;
    }

    /// <summary>As <c>vault write -f transit/keys/NAME type=TYPE</c>.</summary>
    public TransitStandInKey CreateKey(string name, string type = "aes256-gcm96", bool derived = false) =>
        keys.GetOrAdd(name, _ => new TransitStandInKey(name, type) { Derived = derived });

    public bool HasKey(string name) => keys.ContainsKey(name);

    public void ForgetRequests() => requests.Clear();

    /// <summary>The next request is recorded and gets this, whatever it asks.</summary>
    public void AnswerNext(string body, int status = 200) => answers.Enqueue((status, body));

    public void ForgetAnswers() => answers.Clear();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        certificate?.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var text = await reader.ReadToEndAsync(http.RequestAborted);
        var request = TransitStandInRequest.Of(http.Request, text);
        requests.Enqueue(request);
        if (Unanswered > 0)
        {
            Unanswered--;
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        if (RedirectTo is { } active)
        {
            http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            http.Response.Headers.Location = active + request.Path;
            return;
        }

        var (status, body) = answers.TryDequeue(out var prepared) ? prepared : Answer(request);
        if (Dropped > 0)
        {
            Dropped--;
            http.Abort();
            return;
        }
        if (status == StatusCodes.Status429TooManyRequests && RetryAfter is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body, http.RequestAborted);
    }

    private (int Status, string Body) Answer(TransitStandInRequest request)
    {
        if (IsSealed)
        {
            return Error(503, "Vault is sealed");
        }
        if (!request.HasRequestHeader)
        {
            // Vault Agent with require_request_header.
            return Error(412, "missing 'X-Vault-Request' header");
        }
        if (request.Token != Token || request.Namespace != Namespace)
        {
            OnForbidden?.Invoke();
            return Error(403, "permission denied");
        }
        if (RateLimited > 0)
        {
            RateLimited--;
            return Error(429, $"request path \"{request.Path[4..]}\": rate limit quota exceeded");
        }

        var prefix = $"/v1/{Mount}/";
        if (!request.Path.StartsWith(prefix, StringComparison.Ordinal))
        {
            return Error(404, $"no handler for route \"{request.Path[4..]}\". route entry not found.");
        }
        JsonObject body;
        try
        {
            body = request.Body.Length == 0 ? [] : JsonNode.Parse(request.Body)!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return Error(400, "error parsing JSON");
        }
        return new TransitStandInEngine(this).Handle(request.Method, request.Path[prefix.Length..].Split('/'), body);
    }

    internal TransitStandInKey? Key(string name) => keys.GetValueOrDefault(name);

    internal static (int Status, string Body) Error(int status, params string[] errors) =>
        (status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => JsonValue.Create(error))]) }.ToJsonString());

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=transit stand-in", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
