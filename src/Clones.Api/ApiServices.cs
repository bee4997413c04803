using Clones.Api.Agents;
using Clones.Api.Operations;
using Clones.Api.Paging;
using Clones.Api.Payments;
using Clones.Api.Problems;
using Clones.Api.Requests;

namespace Clones.Api;

internal static class ApiServices
{
    /// <summary>How requests are read and refused, and the parts that endpoints share.</summary>
    public static IServiceCollection AddEdge(this IServiceCollection services)
    {
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
        services.AddScoped<OwnerTransactions>();
        services.AddScoped<PaymentIntake>();
        services.AddScoped<PaymentDoor>();
        services.AddScoped<PaymentBatch>();
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
        app.UseRequestGuards();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    private static void UseRequestLogAndSecurityHeaders(this WebApplication app)
    {
        Logging.ApiLogging.UseRequestLog(app);
        app.Use(
            (context, next) =>
            {
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers["Referrer-Policy"] = "no-referrer";
                return next(context);
            }
        );
    }
}
