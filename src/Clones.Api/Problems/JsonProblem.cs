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
            return Missing(message);
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
            return Problem.Field(field ?? "body", "is not a field of this request");
        if (message.Contains("uplicate property", StringComparison.Ordinal))
            return Problem.Field(field ?? "body", "is given twice");
        if (message.Contains("doesn't allow", StringComparison.Ordinal))
            return Problem.Field(field ?? "body", "must not be null");
        if (Wanted().Match(message) is { Success: true } wanted)
            return Problem.Field(field ?? "body", $"must be {InWords(wanted.Groups[1].Value)}");
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
            return Cut(path[2..]);
        return Quoted().Match(exception.Message) is { Success: true } quoted
            ? Cut(JsonNamingPolicy.CamelCase.ConvertName(quoted.Groups[1].Value))
            : null;
    }

    private static string InWords(string type) =>
        type switch
        {
            _ when type.Contains("List", StringComparison.Ordinal) => "a list",
            _ when type.Contains("System.String", StringComparison.Ordinal) => "a string",
            _ when type.Contains("System.Int32", StringComparison.Ordinal) => "a whole number",
            _ when type.Contains("System.Guid", StringComparison.Ordinal) => "a UUID",
            _ when type.StartsWith("Clones", StringComparison.Ordinal) => "an object",
            _ => "of another type",
        };

    private static string Where(JsonException exception, string? field) =>
        (exception.LineNumber, exception.BytePositionInLine) is ({ } line, { } position)
            ? $"The body is not JSON as it should be, at line {line + 1}, byte {position + 1}{(field is null ? "" : $" (in {field})")}."
            : "The body is not JSON as it should be.";

    private static string Cut(string name) => name.Length <= NameLengthMax ? name : name[..NameLengthMax];

    [GeneratedRegex("could not be converted to ([A-Za-z0-9_.`\\[]+)")]
    private static partial Regex Wanted();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
