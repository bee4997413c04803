using Serilog;
using Serilog.Events;

namespace Clones.Api.Logging;

/// <summary>Serilog to the console. <c>Serilog__MinimumLevel__Default</c> changes the level; nothing switches the redaction off.</summary>
internal static class ApiLogging
{
    public static IServiceCollection AddApiLogging(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSerilog(logging =>
            logging
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
                .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
                // Not ready is an answer of /health/ready, and during every start a true one; whoever asks is told.
                .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
                // Two requests with one key collide by design; what is not by design is logged where it ends the request.
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore", LogEventLevel.Fatal)
                .ReadFrom.Configuration(configuration)
                .Enrich.FromLogContext()
                .WriteTo.Console(new RedactingFormatter())
        );

    /// <summary>One line per request: method, path, status, time. Never query, headers or bodies. Health checks only when they fail.</summary>
    public static void UseRequestLog(this IApplicationBuilder app) =>
        app.UseSerilogRequestLogging(log =>
        {
            log.IncludeQueryInRequestPath = false;
            log.GetLevel = (context, _, exception) =>
                exception is not null || context.Response.StatusCode == 500 ? LogEventLevel.Error
                : context.Response.StatusCode > 500 ? LogEventLevel.Warning
                : context.Request.Path.StartsWithSegments("/health") ? LogEventLevel.Verbose
                : LogEventLevel.Information;
        });
}
