using System.Text.Json;

namespace Clones.Api.Problems;

/// <summary>Says which field of a body could not be read and why, in words of JSON instead of C# types.</summary>
internal static class JsonProblem
{
    public static Problem From(JsonException exception)
    {
        var field = exception.Path is { } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
        var message = exception.Message;
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return Problem.Field(Quoted(message) ?? field ?? "body", "is not a field of this request");
        if (message.Contains("uplicate property", StringComparison.Ordinal))
            return Problem.Field(Quoted(message) ?? field ?? "body", "is given twice");
        if (message.Contains("missing required properties", StringComparison.Ordinal))
            return Problem.Field(Quoted(message, last: true) ?? "body", "is required");
        if (exception is FieldJsonException own && field is not null)
            return Problem.Field(field, own.Reason);
        if (message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
            return Problem.Field(field ?? "body", "has the wrong type");
        return new Problem(400, ProblemCode.InvalidJson, Where(exception, field));
    }

    private static string Where(JsonException exception, string? field) =>
        (exception.LineNumber, exception.BytePositionInLine) is ({ } line, { } position)
            ? $"The body is not JSON as it should be, at line {line + 1}, byte {position + 1}{(field is null ? "" : $" (in {field})")}."
            : "The body is not JSON as it should be.";

    private static string? Quoted(string message, bool last = false)
    {
        var parts = message.Split('\'');
        if (parts.Length < 3)
            return null;
        var name = last ? parts[^2] : parts[1];
        return name.Length <= 100 ? name : name[..100];
    }
}
