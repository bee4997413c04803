using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Clones.Api.Problems;

/// <summary>An RFC 9457 answer. It is written as problem+json whatever the caller accepts: an error must be readable.</summary>
internal sealed record Problem(int Status, string Code, string Detail) : IResult
{
    /// <summary>Reasons by field, header or query parameter; null where none of them is to blame.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Further members of the document, e.g. <c>permittedEvents</c>.</summary>
    public IReadOnlyDictionary<string, JsonNode?>? Members { get; init; }

    public int? RetryAfterSeconds { get; init; }

    public static Problem NotFound { get; } = new(404, ProblemCode.NotFound, "There is no such thing here, or it is not yours.");

    public static Problem ChainUnavailable { get; } =
        new(503, ProblemCode.ChainUnavailable, "The chain does not answer now; nothing was changed.") { RetryAfterSeconds = 2 };

    public static Problem ForStatus(int status) =>
        new(
            status,
            ProblemCode.ForStatus(status),
            ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } text ? text + "." : "Rejected."
        );

    /// <summary>For one named field, header or query parameter.</summary>
    public static Problem Field(string name, string reason, int status = 400, string code = ProblemCode.InvalidRequest) =>
        new(status, code, $"{name} {reason}.") { Errors = new Dictionary<string, string[]> { [name] = [reason] } };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var document = ToDocument();
        document["requestId"] = httpContext.TraceIdentifier;
        httpContext.Response.StatusCode = Status;
        httpContext.Response.Headers.CacheControl = "no-store";
        if (RetryAfterSeconds is { } seconds)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString();
        }

        return httpContext.Response.WriteAsJsonAsync(document, options: null, "application/problem+json", httpContext.RequestAborted);
    }

    /// <summary>Its members but for the id of the request.</summary>
    public JsonObject ToDocument()
    {
        var document = new JsonObject
        {
            ["type"] = $"urn:clones:problem:{Code}",
            ["title"] = Title,
            ["status"] = Status,
            ["detail"] = Detail,
            ["code"] = Code,
        };
        if (Errors is not null)
        {
            document["errors"] = JsonSerializer.SerializeToNode(Errors);
        }

        foreach (var (name, value) in Members ?? new Dictionary<string, JsonNode?>())
        {
            document[name] = value?.DeepClone();
        }

        return document;
    }

    private string Title =>
        Code switch
        {
            ProblemCode.InvalidRequest => "The request is not valid.",
            ProblemCode.EventNotValid => "The event is not valid in the agent's status.",
            _ => char.ToUpperInvariant(Code[0]) + Code[1..].Replace('_', ' ') + ".",
        };
}
