using Clones.Api.Auth.ApiKeys;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;

namespace Clones.Api.Auth;

internal static class AuthRegistration
{
    private const string EitherScheme = "Either";

    public static IServiceCollection AddClonesAuth(this IServiceCollection services, AuthOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AccessTokens>();
        services.AddHostedService<BootstrapApiKeys>();
        services.AddSingleton<IAuthorizationHandler, Policies.Handler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedAccess>();
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
            .Configure<TimeProvider>(
                (bearer, time) =>
                {
                    bearer.MapInboundClaims = false;
                    bearer.TokenValidationParameters = AccessTokens.Validation(options, time);
                }
            );
        return services;
    }
}
