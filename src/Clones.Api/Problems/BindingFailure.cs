using System.Text.RegularExpressions;

namespace Clones.Api.Problems;

/// <summary>The framework's sentences about what it could not bind, without the C# types in them.</summary>
internal static partial class BindingFailure
{
    public static string Describe(string message)
    {
        if (Parameter().Match(message) is { Success: true } match)
        {
            return $"{match.Groups[1].Value} is not valid.";
        }

        return message.Contains("body", StringComparison.OrdinalIgnoreCase) ? "A JSON body is required." : "The request is not valid HTTP.";
    }

    /// <summary>E.g. <c>Failed to bind parameter "Guid id" from "x".</c></summary>
    [GeneratedRegex("""parameter "[^" ]+ ([^"]+)" """)]
    private static partial Regex Parameter();
}
