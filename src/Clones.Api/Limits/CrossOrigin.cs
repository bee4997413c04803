using Clones.Hosting;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Clones.Api.Limits;

/// <summary>Which web pages may call from a browser: those of the settings, none where they name none. No cookies are ever taken.</summary>
internal static class CrossOrigin
{
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

    public static IServiceCollection AddCrossOrigin(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<CrossOriginOptions>(configuration).AddCors();
        services
            .AddOptions<CorsOptions>()
            .Configure<CrossOriginOptions>(
                (cors, allowed) =>
                    cors.AddDefaultPolicy(policy =>
                        policy
                            .WithOrigins(allowed.Origins)
                            .WithMethods("GET", "POST", "PUT", "PATCH")
                            .WithHeaders(
                                "Authorization",
                                "Content-Type",
                                "Idempotency-Key",
                                "If-Match",
                                "Last-Event-ID",
                                "Prefer",
                                "X-Request-Id"
                            )
                            .WithExposedHeaders(Readable)
                            .SetPreflightMaxAge(TimeSpan.FromHours(1))
                    )
            );
        return services;
    }
}
