using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Operations;
using Clones.Testing;

namespace Clones.Api.Tests;

/// <summary>Headers that come over the wire against those that the document names: none is missing there, and what always comes has come.</summary>
public sealed class DocumentHeaderTests(ApiFixture api) : IAsyncLifetime
{
    private static readonly JsonObject Paths = JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "openapi.json")))![
        "paths"
    ]!.AsObject();

    /// <summary>
    /// Of the transport, of caches older than HTTP/1.1, and those that keep browsers safe: on every answer of the host, so on none in the document.
    /// </summary>
    private static readonly string[] Everywhere =
    [
        "Allow",
        "Connection",
        "Content-Encoding",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "Date",
        "Expires",
        "Pragma",
        "Referrer-Policy",
        "Transfer-Encoding",
        "Vary",
        "X-Content-Type-Options",
    ];

    private static readonly StringComparer Insensitive = StringComparer.OrdinalIgnoreCase;

    private Owner owner = null!;
    private Guid poolId;
    private Guid agentId;

    public async ValueTask InitializeAsync()
    {
        owner = await Owner.SignInAsync(api);
        (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync(), lamports: 100_000_000_000);
        agentId = await api.CreateAgentAsync(owner, poolId);
    }

    public ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/v1/pools", "/v1/pools", 200)]
    [InlineData("/v1/pools/{id}", "/v1/pools/POOL", 200, "ETag")]
    [InlineData("/v1/pools/{id}", "/v1/pools/x", 400)]
    [InlineData("/v1/pools/{id}", "/v1/pools/019abc3e-1f00-7a11-8c3d-2b4e6f809a1c", 404)]
    [InlineData("/v1/agents/{id}", "/v1/agents/AGENT", 200, "ETag")]
    [InlineData("/v1/agents/{id}/transactions/{kind}", "/v1/agents/AGENT/transactions/token-creation", 409)]
    [InlineData("/v1/payments", "/v1/payments?limit=0", 400)]
    [InlineData("/v1/payments/export", "/v1/payments/export", 200, "Content-Disposition", "Cache-Control")]
    [InlineData("/v1/tokens", "/v1/tokens", 200)]
    public async Task Of_what_is_read(string path, string url, int status, params string[] expected) =>
        await CompareAsync(await SendAsync(owner.Http, HttpMethod.Get, url), "get", path, status, expected);

    [Fact]
    public async Task Of_what_nobody_may_read()
    {
        using var nobody = api.Client();
        await CompareAsync(await SendAsync(nobody, HttpMethod.Get, "/v1/tokens"), "get", "/v1/tokens", 401, "WWW-Authenticate");
        await CompareAsync(
            await SendAsync(owner.Http, HttpMethod.Put, "/v1/tokens/X", new { mint = owner.Address }),
            "put",
            "/v1/tokens/{symbol}",
            403
        );
    }

    [Fact]
    public async Task Of_signing_in()
    {
        using var nobody = api.Client();
        await CompareAsync(
            await SendAsync(nobody, HttpMethod.Post, "/v1/auth/challenge", new { address = owner.Address }),
            "post",
            "/v1/auth/challenge",
            200
        );
        await CompareAsync(
            await SendAsync(nobody, HttpMethod.Post, "/v1/auth/refresh", new { refreshToken = "x" }),
            "post",
            "/v1/auth/refresh",
            401
        );
    }

    [Fact]
    public async Task Of_what_is_created_started_and_paid()
    {
        var token = await api.ListTokenAsync();
        (poolId, _) = await api.CreateFundedPoolAsync(owner, token, lamports: 100_000_000_000);
        await CompareAsync(await PostAsync("/v1/agents", StandIn.AgentBody(poolId)), "post", "/v1/agents", 201, "Location", "ETag");
        await CompareAsync(await PostAsync("/v1/agents", StandIn.AgentBody(poolId)), "post", "/v1/agents", 409);
        var payment = new
        {
            trainingPoolId = poolId,
            recipient = owner.Address,
            amount = "1",
        };
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        await CompareAsync(
            await SendAsync(service, HttpMethod.Post, "/v1/payments", payment, ("Idempotency-Key", $"{poolId}")),
            "post",
            "/v1/payments",
            202,
            "Location"
        );
        await CompareAsync(
            await SendAsync(service, HttpMethod.Post, "/v1/payments", payment with { amount = "2" }, ("Idempotency-Key", $"{poolId}")),
            "post",
            "/v1/payments",
            422
        );
        var graded = new
        {
            submissionId = $"{poolId:N}",
            trainingPoolId = poolId,
            submitter = owner.Address,
            score = 82,
        };
        await CompareAsync(
            await SendAsync(service, HttpMethod.Post, "/v1/events/submission-graded", graded),
            "post",
            "/v1/events/submission-graded",
            202,
            "Location"
        );
        await CompareAsync(await PostAsync($"/v1/agents/{agentId}/deploy", null), "post", "/v1/agents/{id}/deploy", 202, "Location");
    }

    [Fact]
    public async Task Of_what_is_waited_for()
    {
        var asked = SendAsync(owner.Http, HttpMethod.Post, $"/v1/agents/{agentId}/deploy", null, ("Prefer", "wait=20"));
        await api.AnswerAsync(
            "INITIATE_DEPLOYMENT",
            agentId,
            (_, operation) =>
            {
                operation.Status = OperationStatus.Succeeded;
                return Task.CompletedTask;
            }
        );
        await CompareAsync(await asked, "post", "/v1/agents/{id}/deploy", 200, "ETag", "Preference-Applied");
    }

    [Fact]
    public async Task Of_a_pool_whose_wallet_is_not_made_and_of_changes()
    {
        var created = await owner.Http.SendJsonAsync(
            HttpMethod.Post,
            "/v1/pools",
            new
            {
                name = "New",
                tokenSymbol = "SOL",
                pricePerDemo = "1",
            }
        );
        var url = $"/v1/pools/{created.Text("trainingPoolId")}";
        await CompareAsync(await PostAsync($"{url}/refresh", null), "post", "/v1/pools/{id}/refresh", 409, "Retry-After");
        await CompareAsync(
            await SendAsync(owner.Http, HttpMethod.Patch, url, new { name = "Newer" }, ("If-Match", "*")),
            "patch",
            "/v1/pools/{id}",
            200,
            "ETag"
        );
        await CompareAsync(await SendAsync(owner.Http, HttpMethod.Patch, url, new { name = "Newest" }), "patch", "/v1/pools/{id}", 428);
        await CompareAsync(
            await SendAsync(owner.Http, HttpMethod.Patch, url, new { name = "Newest" }, ("If-Match", "\"0\"")),
            "patch",
            "/v1/pools/{id}",
            412
        );
    }

    [Fact]
    public async Task Of_a_transaction_that_is_still_prepared()
    {
        await api.SetStatusAsync(agentId, "PENDING_TOKEN_SIGNATURE");
        await CompareAsync(
            await SendAsync(owner.Http, HttpMethod.Get, "/v1/agents/AGENT/transactions/token-creation", null, ("Prefer", "wait=0")),
            "get",
            "/v1/agents/{id}/transactions/{kind}",
            202,
            "Retry-After"
        );
    }

    [Fact]
    public async Task Of_a_stream_of_events()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/agents/{agentId}/events");
        using var stream = await owner.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await CompareAsync(stream, "get", "/v1/agents/{id}/events", 200, "Cache-Control");
    }

    private Task<HttpResponseMessage> PostAsync(string url, object? body) => SendAsync(owner.Http, HttpMethod.Post, url, body);

    private async Task<HttpResponseMessage> SendAsync(
        HttpClient http,
        HttpMethod method,
        string url,
        object? body = null,
        params (string Name, string Value)[] headers
    )
    {
        url = url.Replace("POOL", $"{poolId}", StringComparison.Ordinal).Replace("AGENT", $"{agentId}", StringComparison.Ordinal);
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await http.SendAsync(request);
    }

    /// <param name="expected">Those for which this call was chosen.</param>
    internal static async Task CompareAsync(HttpResponseMessage answer, string method, string path, int status, params string[] expected)
    {
        using var _ = answer;
        ((int)answer.StatusCode).ShouldBe(status, status < 300 ? "" : await answer.Content.ReadAsStringAsync());
        var operation = Paths[path]?[method] ?? Paths[path + "/"]![method]!;
        var documented = operation["responses"]![$"{status}"].ShouldNotBeNull($"{method} {path} {status}")["headers"]!.AsObject();
        string[] sent = [.. Names(answer.Headers), .. Names(answer.Content.Headers)];

        string[] undocumented = [.. sent.Except(Everywhere, Insensitive).Except(documented.Select(h => h.Key), Insensitive)];
        string[] always = [.. documented.Where(h => h.Value!["required"]?.GetValue<bool>() == true).Select(h => h.Key)];

        undocumented.ShouldBeEmpty($"{method} {path} {status}");
        always.Union(expected).Append("RateLimit").Except(sent, Insensitive).ShouldBeEmpty($"{method} {path} {status}");
    }

    private static IEnumerable<string> Names(HttpHeaders headers) => headers.Select(h => h.Key);
}
