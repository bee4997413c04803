using System.Text;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Tokens;
using Clones.Solana.Primitives;
using Clones.Testing;

namespace Clones.Api.Tests;

/// <summary>
/// What the document shows as a request is one: the API takes it, or rejects it because its ids and signatures are not of this database, never for
/// its shape.
/// </summary>
public sealed class DocumentExampleTests(ApiFixture api) : IAsyncLifetime
{
    private static readonly JsonObject Document = JsonNode.Parse(File.ReadAllText(Repository.PathOf("docs", "openapi.json")))!.AsObject();

    /// <summary>Answers to requests with ids and signatures from nowhere; every other operation accepts its example.</summary>
    private static readonly Dictionary<string, (int Status, string Code)> Unknown = new()
    {
        ["createToken"] = (401, "sign_in_refused"),
        ["refreshToken"] = (401, "sign_in_refused"),
        // "is none of this API": a token that is one cannot be written into a document.
        ["signOut"] = (400, "invalid_request"),
        ["submitOwnerTransaction"] = (409, "transaction_not_wanted"),
    };

    private Owner owner = null!;
    private Guid poolId;
    private Guid agentId;
    private string symbol = "";

    public static TheoryData<string> OperationsWithBodies => [.. Operations().Where(o => o.Body is not null).Select(o => o.Id)];

    public async ValueTask InitializeAsync()
    {
        owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        symbol = token.Symbol;
        (poolId, _) = await api.CreateFundedPoolAsync(owner, token, lamports: 100_000_000_000);
        agentId = await api.CreateAgentAsync(owner, poolId);
    }

    public ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(OperationsWithBodies))]
    public async Task An_example_of_a_request_is_one(string operationId)
    {
        var (_, method, path, body) = Operations().Single(o => o.Id == operationId);
        if (operationId == "createAgent")
        {
            (poolId, _) = await api.CreateFundedPoolAsync(owner, await ListedAsync());
        }

        if (operationId == "changeWebhook")
        {
            var made = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/webhooks", new { url = "https://hooks.example.org/first" });
            path = path.Replace("{id}", $"{made.Id}", StringComparison.Ordinal);
        }
        using var http = operationId switch
        {
            "putToken" => api.KeyClient(ApiFixture.OperatorKey),
            "publishSubmissionGraded" => api.KeyClient(ApiFixture.ServiceKey),
            _ => null,
        };
        if (operationId == "putToken")
        {
            api.Chain.SetAccount(PublicKey.Parse(body!["mint"]!.GetValue<string>()), Solana.Programs.TokenProgram.Id, MintOf(6));
        }

        var answer = await (http ?? owner.Http).SendContentAsync(
            new HttpMethod(method.ToUpperInvariant()),
            Filled(path),
            new StringContent(Filled(body!.ToJsonString()), Encoding.UTF8, "application/json"),
            operationId == "createPayments"
                ? []
                : [("Idempotency-Key", $"{Guid.NewGuid():N}"), .. method == "patch" ? [("If-Match", "*")] : Array.Empty<(string, string)>()]
        );

        if (Unknown.TryGetValue(operationId, out var rejected))
        {
            (answer.Status, answer.Code).ShouldBe((rejected.Status, rejected.Code), answer.Body.ToJsonString());
        }
        else
        {
            answer.Status.ShouldBeInRange(200, 299, answer.Body.ToJsonString());
        }

        if (operationId == "createPayments")
        {
            answer.Body["refused"]!.GetValue<int>().ShouldBe(0, answer.Body.ToJsonString());
        }
    }

    [Fact]
    public void Every_body_has_an_example()
    {
        foreach (var (path, operations) in Document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var bodies = operation!["responses"]!
                    .AsObject()
                    .Select(r => (r.Key, r.Value!["content"]))
                    .Append(("request", operation["requestBody"]?["content"]));
                foreach (var (name, content) in bodies)
                {
                    foreach (var (type, media) in content?.AsObject() ?? [])
                    {
                        media!["example"].ShouldNotBeNull($"{method} {path}, {name}, {type}: examples.json");
                    }
                }
            }
        }
    }

    private async Task<Token> ListedAsync()
    {
        var token = await api.ListTokenAsync();
        symbol = token.Symbol;
        return token;
    }

    /// <summary>With the ids of this test in the place of those of the example.</summary>
    private string Filled(string text) =>
        text.Replace("{id}", text.StartsWith("/v1/agents", StringComparison.Ordinal) ? $"{agentId}" : $"{poolId}", StringComparison.Ordinal)
            .Replace("{kind}", "token-creation", StringComparison.Ordinal)
            .Replace("{symbol}", $"S{Guid.NewGuid().ToString("N")[..8].ToUpperInvariant()}", StringComparison.Ordinal)
            .Replace("019abc3e-1f00-7a11-8c3d-2b4e6f809a1c", $"{poolId}", StringComparison.Ordinal)
            .Replace("\"tokenSymbol\":\"DEV\"", $"\"tokenSymbol\":\"{symbol}\"", StringComparison.Ordinal)
            .Replace("reward-471", $"{poolId:N}-", StringComparison.Ordinal);

    private static byte[] MintOf(byte decimals)
    {
        var data = new byte[Solana.Programs.MintAccount.Size];
        (data[44], data[45]) = (decimals, 1);
        return data;
    }

    private static IEnumerable<(string Id, string Method, string Path, JsonNode? Body)> Operations() =>
        Document["paths"]!
            .AsObject()
            .SelectMany(p =>
                p.Value!.AsObject()
                    .Select(o =>
                        (
                            o.Value!["operationId"]!.GetValue<string>(),
                            o.Key,
                            p.Key,
                            o.Value["requestBody"]?["content"]?["application/json"]?["example"]
                        )
                    )
            );
}
