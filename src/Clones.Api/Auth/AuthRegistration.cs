using Clones.Api.Auth.ApiKeys;
using Clones.Api.Auth.SignIn;
using Clones.Hosting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace Clones.Api.Auth;

internal static class AuthRegistration
{
    private const string EitherScheme = "Either";

    public static IServiceCollection AddClonesAuth(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSettings<AuthOptions>(configuration);
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<RefreshTokens>();
        services.AddScoped<Sessions>();
        services.AddSingleton<ApiKeyReader>();
        services.AddHostedService<BootstrapApiKeys>();
        services.AddSingleton<IAuthorizationHandler, Policies.Handler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RejectedAccess>();
        services.AddAuthorization(Policies.Add);
        // The framework would write keys for cookies to disk; nothing here uses any.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services
            .AddAuthentication(EitherScheme)
            .AddPolicyScheme(
                EitherScheme,
                displayName: null,
                scheme =>
                    scheme.ForwardDefaultSelector = context =>
                        ApiKeyScheme.IsUsedBy(context.Request) ? ApiKeyScheme.Name : JwtBearerDefaults.AuthenticationScheme
            )
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, ApiKeyScheme>(ApiKeyScheme.Name, configureOptions: null);
        services
            .AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<AuthOptions, TimeProvider>(
                (bearer, options, time) =>
                {
                    bearer.MapInboundClaims = false;
                    bearer.TokenValidationParameters = AccessTokens.Validation(options, time);
                    bearer.Events = new JwtBearerEvents { OnTokenValidated = RejectEndedSessionAsync };
                }
            );
        return services;
    }

    // A token that was signed out ends at once, not when its quarter of an hour is over.
    private static async Task RejectEndedSessionAsync(TokenValidatedContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<Sessions>();
        var isOpen =
            Guid.TryParseExact(context.Principal?.FindFirst(AccessTokens.SessionClaim)?.Value, "n", out var id)
            && await sessions.IsOpenAsync(id, context.HttpContext.RequestAborted);
        if (!isOpen)
        {
            context.Fail("The session has ended.");
        }
    }
}
