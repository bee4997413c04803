using Serilog;
using Serilog.Events;

namespace Clones.Hosting.Logging;

/// <summary>Serilog to the console. <c>Serilog__MinimumLevel__Default</c> changes the level; nothing switches the redaction off.</summary>
public static class HostLogging
{
    /// <param name="services">Gets the logger.</param>
    /// <param name="configuration">The section <c>Serilog</c>.</param>
    /// <param name="databaseLevel">From which level on Entity Framework's own lines are written.</param>
    public static IServiceCollection AddHostLogging(
        this IServiceCollection services,
        IConfiguration configuration,
        LogEventLevel databaseLevel = LogEventLevel.Warning
    ) =>
        services.AddSerilog(logging =>
            logging
                .MinimumLevel.Information()
                .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
                .MinimumLevel.Override("Microsoft.EntityFrameworkCore", databaseLevel)
                .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
                .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
                // Not ready is an answer of /health/ready, and during every start a true one; whoever asks gets it.
                .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
                .ReadFrom.Configuration(configuration)
                .Enrich.FromLogContext()
                // A signed transaction is base64 of up to 1,232 bytes: only what is short is checked.
                .Destructure.ToMaximumStringLength(4_000)
                .WriteTo.Console(new RedactingFormatter())
        );
}
