using Clones.Persistence;
using Clones.Solana.Rpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Clones.Hosting;

/// <summary>Live: the process answers. Ready: database and broker answer too (the chain may be away: payments wait for it, reading goes on).</summary>
public static class HostHealth
{
    public static IServiceCollection AddHostHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"]);
        return services;
    }

    /// <returns>The route of the nodes. Which there are, and what they said, is for operators alone: who serves strangers demands a right for it.</returns>
    public static RouteHandlerBuilder MapHostHealth(this IEndpointRouteBuilder routes)
    {
        Map("/health/live", _ => false);
        Map("/health/ready", check => check.Tags.Contains("ready"));
        return routes.MapGet("/health/nodes", (RpcEndpoints rpc) => rpc.Health).ExcludeFromDescription();

        void Map(string path, Func<HealthCheckRegistration, bool> asks) =>
            routes.MapHealthChecks(path, new HealthCheckOptions { Predicate = asks, ResponseWriter = WriteAsync }).AllowAnonymous();
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
