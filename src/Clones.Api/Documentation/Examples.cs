using System.Text.Json.Nodes;
using Clones.Api.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Clones.Api.Documentation;

/// <summary>
/// An example of every body, from examples.json: <c>schemas</c> by the name of the schema, <c>responses</c> where one operation and status
/// (<c>createPool 202</c>) answers with something else, <c>problems</c> by status or by operation and status. Pages are made of what they hold.
/// A body without one fails a test, which names it.
/// </summary>
internal static class Examples
{
    private const string PagePrefix = "PageOf";
    private static readonly JsonObject All = Read();

    /// <summary>Runs behind <see cref="OperationNames"/>.</summary>
    public static Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var media in Media(operation.RequestBody?.Content))
        {
            media.Example = OfSchema(NameOf(media.Schema));
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            foreach (var media in Media(response.Content))
            {
                media.Example =
                    NameOf(media.Schema) == nameof(ProblemView)
                        ? OfProblem(operation, status)
                        : OfResponse(operation, status, media) ?? media.Example;
            }
        }

        return Task.CompletedTask;
    }

    /// <summary>Those of problems that any endpoint may answer with.</summary>
    public static JsonNode? OfProblem(OpenApiOperation operation, string status)
    {
        var problems = All["problems"]!;
        if ((problems[$"{operation.OperationId} {status}"] ?? problems[status])?.DeepClone() is not JsonObject example)
        {
            return null;
        }

        var (code, detail) = (example["code"]!.GetValue<string>(), example["detail"]!.GetValue<string>());
        example.Remove("code");
        example.Remove("detail");
        // As the API writes it: title and type follow from the code.
        var document = new Problem(int.Parse(status), code, detail).ToDocument();
        document["requestId"] = "019abc3e8b507e559071a3c5e7092b4d";
        foreach (var (name, value) in example)
        {
            document[name] = value?.DeepClone();
        }

        return document;
    }

    private static JsonNode? OfResponse(OpenApiOperation operation, string status, OpenApiMediaType media) =>
        All["responses"]![$"{operation.OperationId} {status}"]?.DeepClone() ?? OfSchema(NameOf(media.Schema));

    private static JsonNode? OfSchema(string? name)
    {
        if (name is null)
        {
            return null;
        }

        if (!name.StartsWith(PagePrefix, StringComparison.Ordinal))
        {
            return All["schemas"]![name]?.DeepClone();
        }

        return OfSchema(name[PagePrefix.Length..]) is { } item
            ? new JsonObject { ["items"] = new JsonArray(item), ["nextCursor"] = null }
            : null;
    }

    private static string? NameOf(IOpenApiSchema? schema) => (schema as OpenApiSchemaReference)?.Reference.Id;

    private static IEnumerable<OpenApiMediaType> Media(IDictionary<string, OpenApiMediaType>? content) => content?.Values ?? [];

    private static JsonObject Read()
    {
        using var stream = typeof(Examples).Assembly.GetManifestResourceStream("examples.json")!;
        return JsonNode.Parse(stream)!.AsObject();
    }
}
