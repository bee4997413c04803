using Clones.Acceptance;
using Clones.Api.Agents;
using Clones.Api.Limits;
using Clones.Api.Operations;
using Clones.Api.Paging;
using Clones.Api.Payments;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Hosting;

namespace Clones.Api;

internal static class ApiServices
{
    /// <summary>How requests are read and rejected, and the parts that endpoints share.</summary>
    public static IServiceCollection AddEdge(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<LimitOptions>(configuration);
        services.AddSingleton<RateLimits>();
        services.AddCrossOrigin(configuration);
        services.ConfigureHttpJsonOptions(options => StrictJson.Configure(options.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.AddSingleton<CursorSealer>();
        services.AddScoped<OperationStarter>();
        services.AddScoped<OperationWaiter>();
        services.AddScoped<AgentLifecycles>();
        services.AddSingleton<TransitionWatch>();
        services.AddHostedService(s => s.GetRequiredService<TransitionWatch>());
        services.AddScoped<AgentCommands>();
        services.AddScoped<IOwnerTransactionStore, DatabaseOwnerTransactions>();
        services.AddSingleton<PayingPools>();
        services.AddScoped<PaymentRequestReader>();
        services.AddPaymentAcceptance();
        return services;
    }

    /// <summary>Everything between the socket and an endpoint, outermost first.</summary>
    public static void UseEdge(this WebApplication app)
    {
        app.UseRequestIds();
        app.UseRequestLogAndSecurityHeaders();
        app.UseExceptionHandler(_ => { });
        app.UseStatusCodePages(context => Problem.ForStatus(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
        app.UseRouting();
        app.UseCors();
        app.UseRequestGuards();
        app.UseAuthentication();
        // Behind it, since each caller has a share of their own; whoever is unknown shares that of their network.
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/v1"),
            v1 => v1.Use(next => context => v1.ApplicationServices.GetRequiredService<RateLimits>().HandleAsync(context, next))
        );
        app.UseAuthorization();
    }

    private static void UseRequestLogAndSecurityHeaders(this WebApplication app)
    {
        Logging.RequestLog.UseRequestLog(app);
        app.Use(
            (context, next) =>
            {
                var response = context.Response;
                response.AddHeader("X-Content-Type-Options", "nosniff");
                response.AddHeader("Referrer-Policy", "no-referrer");
                // Nothing here is shown in a frame, and but for the page of the documentation nothing is a page.
                response.AddHeader(
                    "Content-Security-Policy",
                    context.Request.Path.StartsWithSegments("/docs")
                        ? "frame-ancestors 'none'"
                        : "default-src 'none'; frame-ancestors 'none'"
                );
                if (context.Request.IsHttps)
                {
                    response.AddHeader("Strict-Transport-Security", "max-age=31536000");
                }

                return next(context);
            }
        );
    }
}
