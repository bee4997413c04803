using System.ComponentModel.DataAnnotations;
using Clones.Hosting;

namespace Clones.Api.Limits;

internal sealed class CrossOriginOptions : IValidatableObject
{
    /// <summary>Web pages that may call from a browser, comma separated.</summary>
    [Variable("CLONES_CORS_ORIGINS")]
    public string Text { get; init; } = "";

    public string[] Origins => Text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        from origin in Origins
        where !IsOrigin(origin)
        select new ValidationResult(
            $"has \"{origin}\". Set origins separated by commas, each scheme and host and nothing behind them, as https://app.example.org",
            [nameof(Text)]
        );

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is ("http" or "https")
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
        && uri.UserInfo.Length == 0;
}
