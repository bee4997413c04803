using System.Net;
using System.Text.Json;

namespace Clones.Client;

/// <summary>A rejection: the problem document (RFC 9457) of an answer that is no success.</summary>
public sealed class ClonesProblemException : ClonesException
{
    /// <summary><see cref="Code"/> of an answer that is no success and no problem document either: a proxy has answered, not the API.</summary>
    public const string NoProblemDocument = "no_problem_document";

    private ClonesProblemException(string request, int status, JsonElement problem, TimeSpan? retryAfter, string? about)
        : base(
            $"{request} answered {status} {Text(problem, "code") ?? NoProblemDocument}: {about ?? Text(problem, "detail") ?? Text(problem, "title")}"
        )
    {
        Status = status;
        Problem = problem;
        RetryAfter = retryAfter;
    }

    public int Status { get; }

    /// <summary>Stable, for example <c>insufficient_funds</c>; all of them are in docs/api.md.</summary>
    public string Code => Text(Problem, "code") ?? NoProblemDocument;

    public string? Title => Text(Problem, "title");

    /// <summary>For people; its words may change.</summary>
    public string? Detail => Text(Problem, "detail");

    /// <summary>Finds the request in the logs of the API.</summary>
    public string? RequestId => Text(Problem, "requestId");

    /// <summary>How long to wait before it is worth another try; null where the API does not say.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Reasons by field, header or query parameter; empty where none of them is to blame.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors =>
        Member(Problem, "errors") is { ValueKind: JsonValueKind.Object } errors
            ? errors.EnumerateObject().ToDictionary(e => e.Name, e => Texts(e.Value))
            : new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Of the agent, where an event is not valid in it; else null.</summary>
    public string? CurrentStatus => Text(Problem, "currentStatus");

    /// <summary>The events that the agent's status permits; empty where that is not what is wrong.</summary>
    public IReadOnlyList<string> PermittedEvents => Texts(Member(Problem, "permittedEvents") ?? default);

    /// <summary>The whole document, with members that this version has no name for; undefined where there is none.</summary>
    public JsonElement Problem { get; }

    internal static ClonesProblemException From(
        string request,
        HttpStatusCode status,
        string? mediaType,
        ReadOnlySpan<byte> body,
        TimeSpan? retryAfter
    )
    {
        if (mediaType is "application/problem+json")
        {
            try
            {
                if (JsonElement.Parse(body) is { ValueKind: JsonValueKind.Object } problem)
                {
                    return new ClonesProblemException(request, (int)status, problem, retryAfter, about: null);
                }
            }
            catch (JsonException)
            {
                // Cut off, or no JSON: as if there were none.
            }
        }
        return new ClonesProblemException(
            request,
            (int)status,
            default,
            retryAfter,
            $"{mediaType ?? "nothing"}, which is no problem document"
        );
    }

    private static JsonElement? Member(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value) ? value : null;

    private static string? Text(JsonElement problem, string name) =>
        Member(problem, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static IReadOnlyList<string> Texts(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)]
            : [];
}
