using System.Text.Json;
using System.Text.RegularExpressions;

namespace Clones.Api.Problems;

/// <summary>Says which field of a body could not be read and why, in words of JSON instead of C# types.</summary>
internal static partial class JsonProblem
{
    private const int NameLengthMax = 100;

    public static Problem From(JsonException exception)
    {
        var message = exception.Message;
        var field = FieldOf(exception);
        if (message.Contains("missing required properties", StringComparison.Ordinal))
        {
            return Missing(message);
        }

        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return Problem.Field(field ?? "body", "is not a field of this request");
        }

        if (message.Contains("uplicate property", StringComparison.Ordinal))
        {
            return Problem.Field(field ?? "body", "is given twice");
        }

        if (message.Contains("doesn't allow", StringComparison.Ordinal))
        {
            return Problem.Field(field ?? "body", "must not be null");
        }

        if (message.StartsWith("The JSON value could not be converted", StringComparison.Ordinal))
        {
            return Problem.Field(field ?? "body", field is null ? "must be an object" : $"must be {Wanted(exception)}");
        }

        return new Problem(400, ProblemCode.InvalidJson, Where(exception, field));
    }

    private static Problem Missing(string message)
    {
        var names = Quoted().Matches(message[message.IndexOf("including", StringComparison.Ordinal)..]).Select(m => m.Groups[1].Value);
        var errors = names.ToDictionary(name => name, _ => new[] { "is required" });
        return new Problem(400, ProblemCode.InvalidRequest, $"Required and missing: {string.Join(", ", errors.Keys)}.") { Errors = errors };
    }

    /// <summary>From the path (<c>$.name</c>), or from the quoted name in the sentence where the path stops short of it.</summary>
    private static string? FieldOf(JsonException exception)
    {
        if (exception.Path is { } path && path.StartsWith("$.", StringComparison.Ordinal))
        {
            return Cut(path[2..]);
        }

        return Quoted().Match(exception.Message) is { Success: true } quoted
            ? Cut(JsonNamingPolicy.CamelCase.ConvertName(quoted.Groups[1].Value))
            : null;
    }

    /// <summary>The sentence names the type of the whole body; what was wanted of the field is in the inner one, or in the type's own name.</summary>
    private static string Wanted(JsonException exception)
    {
        var reason = exception.InnerException?.Message ?? exception.Message;
        return reason switch
        {
            _ when reason.Contains("as a string", StringComparison.Ordinal)
                    || reason.Contains("System.String.", StringComparison.Ordinal) => "a string",
            _ when reason.Contains("Guid", StringComparison.Ordinal) => "a UUID",
            _ when reason.Contains("as a number", StringComparison.Ordinal) || reason.Contains("Int32", StringComparison.Ordinal) =>
                "a whole number",
            _ when reason.Contains("as a boolean", StringComparison.Ordinal) || reason.Contains("Boolean", StringComparison.Ordinal) =>
                "true or false",
            _ when reason.Contains("List", StringComparison.Ordinal) => "a list",
            _ => "of another type",
        };
    }

    private static string Where(JsonException exception, string? field) =>
        (exception.LineNumber, exception.BytePositionInLine) is ({ } line, { } position)
            ? $"The body is not JSON as it should be, at line {line + 1}, byte {position + 1}{(field is null ? "" : $" (in {field})")}."
            : "The body is not JSON as it should be.";

    private static string Cut(string name) => name.Length <= NameLengthMax ? name : name[..NameLengthMax];

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
