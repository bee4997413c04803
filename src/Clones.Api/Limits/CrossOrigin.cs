using Clones.Hosting;

namespace Clones.Api.Limits;

/// <summary>Which web pages may call from a browser: those of CLONES_CORS_ORIGINS, none where it is not set. No cookies are ever taken.</summary>
internal static class CrossOrigin
{
    private const string Name = "CLONES_CORS_ORIGINS";

    private static readonly string[] Readable =
    [
        "ETag",
        "Location",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "WWW-Authenticate",
        "X-Request-Id",
    ];

    /// <exception cref="ConfigurationMissingException">One of them is no origin.</exception>
    public static IServiceCollection AddCrossOrigin(this IServiceCollection services, IConfiguration configuration)
    {
        var origins = (configuration[Name] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var origin in origins.Where(o => !IsOrigin(o)))
        {
            throw new ConfigurationMissingException(
                $"{Name} has \"{origin}\". Set origins separated by commas, each scheme and host and nothing behind them, as https://app.example.org"
            );
        }

        return services.AddCors(cors =>
            cors.AddDefaultPolicy(policy =>
                policy
                    .WithOrigins(origins)
                    .WithMethods("GET", "POST", "PUT", "PATCH")
                    .WithHeaders("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Last-Event-ID", "Prefer", "X-Request-Id")
                    .WithExposedHeaders(Readable)
                    .SetPreflightMaxAge(TimeSpan.FromHours(1))
            )
        );
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is ("http" or "https")
        && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
        && uri.UserInfo.Length == 0;
}
