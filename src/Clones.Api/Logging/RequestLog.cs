using Serilog;
using Serilog.Events;

namespace Clones.Api.Logging;

/// <summary>What the API writes of each request.</summary>
internal static class RequestLog
{
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
