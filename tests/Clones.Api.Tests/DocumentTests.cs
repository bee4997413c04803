using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Clones.Api.Logging;
using Clones.Api.Payments;
using Clones.Api.Tests.Hosting;
using Clones.Testing;

namespace Clones.Api.Tests;

public sealed partial class DocumentTests(ApiFixture api)
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    [Fact]
    public async Task The_document_is_OpenAPI_3_1_and_names_every_endpoint_of_the_guide()
    {
        using var http = api.Client();
        var document = await http.GetJsonAsync("/openapi/v1.json");
        document.Text("openapi").ShouldStartWith("3.1");
        var paths = document.Body["paths"]!.AsObject().ToDictionary(p => p.Key.TrimEnd('/'), p => p.Value!.AsObject());

        var guide = await File.ReadAllTextAsync(Repository.PathOf("docs", "api.md"));
        foreach (Match match in Endpoint().Matches(guide))
        {
            var path = match.Groups[2].Value.Replace("token-creation", "{kind}");
            paths.ShouldContainKey(path);
            paths[path].ContainsKey(match.Groups[1].Value.ToLowerInvariant()).ShouldBeTrue(match.Value);
        }
    }

    /// <summary>CLONES_WRITE_DOCS=1 writes the document anew; a change of it is a change of what callers rely on, and is looked at.</summary>
    [Fact]
    public async Task The_committed_document_is_the_one_that_is_served()
    {
        using var http = api.Client();
        var document = (await http.GetJsonAsync("/openapi/v1.json")).Body;
        var text = document.ToJsonString(Readable) + "\n";
        var path = Repository.PathOf("docs", "openapi.json");
        if (Environment.GetEnvironmentVariable("CLONES_WRITE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, text);
        }

        // Without the two texts: there are 5,000 lines of each.
        (await File.ReadAllTextAsync(path) == text).ShouldBeTrue("docs/openapi.json is out of date; CLONES_WRITE_DOCS=1 writes it anew");
    }

    [Fact]
    public async Task Every_operation_says_what_it_is_for_what_it_answers_and_how_it_fails()
    {
        using var http = api.Client();
        var paths = (await http.GetJsonAsync("/openapi/v1.json")).Body["paths"]!.AsObject();
        foreach (var (path, operations) in paths.Where(p => p.Key.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                var name = $"{method} {path}";
                operation!["summary"].ShouldNotBeNull(name);
                var answers = operation["responses"]!.AsObject();
                answers.ShouldContain(a => a.Key.StartsWith('2'), name);
                answers.Where(a => a.Key.StartsWith('4')).ShouldNotBeEmpty(name);
                foreach (var (_, answer) in answers.Where(a => a.Key[0] is '4' or '5'))
                {
                    answer!["content"]!["application/problem+json"].ShouldNotBeNull(name);
                }
            }
        }
    }

    [Fact]
    public async Task Every_parameter_of_a_list_is_described_and_every_filter_of_payments_is_among_them()
    {
        using var http = api.Client();
        var paths = (await http.GetJsonAsync("/openapi/v1.json")).Body["paths"]!.AsObject();

        Names("/v1/payments").ShouldBe(["limit", "cursor", .. PaymentFilter.Names]);
        Names("/v1/payments/export").ShouldBe(PaymentFilter.Names);
        Names("/v1/agents").ShouldBe(["limit", "cursor", "status", "trainingPoolId"]);
        foreach (var path in paths.Select(p => p.Key).Where(p => p.StartsWith("/v1/", StringComparison.Ordinal)))
        {
            if (
                paths[path]!["get"]?["responses"]?["200"]?["content"]?["application/json"]?["schema"]?["$ref"]?.GetValue<string>() is
                { } schema
            )
            {
                Names(path)
                    .Contains("limit")
                    .ShouldBe(schema.Contains("PageOf") && !path.EndsWith("/attempts") && path != "/v1/tokens", path);
            }
        }

        string[] Names(string path) =>
            [
                .. paths[path]!["get"]!
                    ["parameters"]
                    ?.AsArray()
                    .Where(p => p!["in"]!.GetValue<string>() == "query")
                    .Select(p => p!["name"]!.GetValue<string>())
                    ?? [],
            ];
    }

    [Fact]
    public async Task Fields_of_a_PATCH_are_described_as_what_they_hold()
    {
        using var http = api.Client();
        var document = (await http.GetJsonAsync("/openapi/v1.json")).Body;
        var schema = document["components"]!["schemas"]!["ChangeAgentRequest"]!["properties"]!;

        Resolve(document, schema["name"]!)["type"]!.ToJsonString().ShouldContain("string");
        Resolve(document, schema["decimals"]!)["type"]!.ToJsonString().ShouldContain("integer");
    }

    [Fact]
    public async Task The_choice_of_missing_funds_is_described_with_its_values_and_its_default()
    {
        using var http = api.Client();
        var document = (await http.GetJsonAsync("/openapi/v1.json")).Body;
        var choice = document["components"]!["schemas"]!["CreatePaymentRequest"]!["properties"]!["onInsufficientFunds"]!;

        choice["pattern"]!.GetValue<string>().ShouldBe("^(reject|wait)$");
        choice["default"]!.GetValue<string>().ShouldBe("reject");
    }

    [Fact]
    public async Task The_choices_of_an_agent_are_described_with_their_values_and_their_defaults()
    {
        using var http = api.Client();
        var document = (await http.GetJsonAsync("/openapi/v1.json")).Body;
        var properties = document["components"]!["schemas"]!["CreateAgentRequest"]!["properties"]!;

        properties["deploymentPayer"]!["pattern"]!.GetValue<string>().ShouldBe("^(DEPOSIT_WALLET|OWNER)$");
        properties["deploymentPayer"]!["default"]!.GetValue<string>().ShouldBe("DEPOSIT_WALLET");
        properties["tokenStandard"]!["default"]!.GetValue<string>().ShouldBe("TOKEN2022");
        properties["keepMintAuthority"]!["type"]!.ToJsonString().ShouldContain("boolean");
    }

    [Fact]
    public async Task The_docs_page_needs_no_internet()
    {
        using var http = api.Client();
        var response = await http.GetAsync("/docs");
        response.EnsureSuccessStatusCode();
        var page = await response.Content.ReadAsStringAsync();

        Source().Matches(page).Select(m => m.Groups[1].Value).Where(url => url.Contains("//")).ShouldBeEmpty();
        var scripts = Source().Matches(page).Select(m => m.Groups[1].Value).Where(url => url.Contains(".js")).ToList();
        scripts.ShouldNotBeEmpty();
        foreach (var script in scripts)
        {
            (await http.GetAsync(new Uri(new Uri(api.Address, "/docs/"), script))).EnsureSuccessStatusCode();
        }
    }

    [Fact]
    public async Task It_is_alive_and_ready()
    {
        using var http = api.Client();

        (await http.GetJsonAsync("/health/live")).Status.ShouldBe(200);
        var ready = await http.GetJsonAsync("/health/ready");
        ready.Status.ShouldBe(200);
        ready.Body["checks"]!.AsObject().ShouldContainKey("database");
    }

    private static JsonNode Resolve(JsonNode document, JsonNode schema) =>
        schema["$ref"]?.GetValue<string>() is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]]! : schema;

    [GeneratedRegex(@"`(GET|POST|PUT|PATCH) (/v1/[^`? ]+)`?")]
    private static partial Regex Endpoint();

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Source();
}
