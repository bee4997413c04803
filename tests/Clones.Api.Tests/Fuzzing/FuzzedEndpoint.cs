using System.Text.Json.Nodes;

namespace Clones.Api.Tests.Fuzzing;

/// <summary>One operation of the OpenAPI document, as far as a fuzzer wants to know it.</summary>
/// <param name="Fields">Of its JSON body, with the JSON types that each takes; empty where it reads no body.</param>
/// <param name="NeedsKey">Whether it takes an Idempotency-Key.</param>
internal sealed record FuzzedEndpoint(
    string Method,
    string Path,
    string? BodySchema,
    IReadOnlyDictionary<string, string[]> Fields,
    IReadOnlyCollection<string> Required,
    bool NeedsKey
)
{
    public string Name => $"{Method} {Path}";

    /// <summary>Where the key may not be left out.</summary>
    public bool MovesMoney =>
        Method == "POST"
        && (Path.EndsWith("/payments", StringComparison.Ordinal) || Path.EndsWith("/withdrawals", StringComparison.Ordinal));

    public bool IsList => Method == "GET" && !Path.Contains('{') && Path is not "/v1/agents/lifecycle" and not "/v1/tokens";

    public static IReadOnlyList<FuzzedEndpoint> Of(JsonNode document) =>
        [
            .. document["paths"]!
                .AsObject()
                .Where(path => path.Key.StartsWith("/v1/", StringComparison.Ordinal))
                .SelectMany(path => path.Value!.AsObject(), (path, operation) => (path.Key, operation.Key, Node: operation.Value!))
                .Select(o => Read(document, o.Item1.TrimEnd('/'), o.Item2.ToUpperInvariant(), o.Node)),
        ];

    private static FuzzedEndpoint Read(JsonNode document, string path, string method, JsonNode operation)
    {
        var schema = operation["requestBody"]?["content"]?["application/json"]?["schema"];
        var name = schema?["$ref"]?.GetValue<string>().Split('/')[^1];
        var body = Resolve(document, schema);
        var fields = body?["properties"]?.AsObject().ToDictionary(p => p.Key, p => TypesOf(document, p.Value!)) ?? [];
        var required = body?["required"]?.AsArray().Select(r => r!.GetValue<string>()).ToList() ?? [];
        var needsKey =
            operation["parameters"]?.AsArray().Any(p => p!["name"]?.GetValue<string>() == "Idempotency-Key") == true && method == "POST";
        return new FuzzedEndpoint(method, path, name, fields, required, needsKey);
    }

    private static string[] TypesOf(JsonNode document, JsonNode property) =>
        Resolve(document, property)?["type"] switch
        {
            JsonArray several => [.. several.Select(t => t!.GetValue<string>())],
            { } one => [one.GetValue<string>()],
            null => [],
        };

    private static JsonNode? Resolve(JsonNode document, JsonNode? schema)
    {
        // What may be null is written as a choice of null and the schema.
        var chosen = schema?["oneOf"]?.AsArray().FirstOrDefault(s => s!["$ref"] is not null) ?? schema;
        return chosen?["$ref"]?.GetValue<string>() is { } reference
            ? document["components"]!["schemas"]![reference.Split('/')[^1]]
            : chosen;
    }
}
