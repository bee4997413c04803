using Clones.Api.Auth;
using Clones.Persistence;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Clones.Api.Health;

/// <summary>Live: the process answers. Ready: database and broker answer too (the chain may be away: reading goes on without it).</summary>
internal static class HealthEndpoints
{
    public static IServiceCollection AddApiHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"]);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes
            .MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .AllowAnonymous();
        routes
            .MapHealthChecks(
                "/health/ready",
                new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteAsync }
            )
            .AllowAnonymous();
        // Which nodes there are, and what they said, is for operators.
        routes.MapGet("/health/nodes", (RpcEndpoints rpc) => rpc.Health).RequireAuthorization(Policies.Operate).ExcludeFromDescription();
    }

    /// <summary>Names and states only: descriptions may quote addresses of servers.</summary>
    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new { status = report.Status.ToString(), checks = report.Entries.ToDictionary(e => e.Key, e => e.Value.Status.ToString()) }
        );

    private sealed class DatabaseHealth(ClonesDbContext db) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await db.Database.CanConnectAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The database does not answer.");
    }
}
