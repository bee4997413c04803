using Clones.Api.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;

namespace Clones.Api.Auth;

/// <summary>401 and 403 as problem documents that say who may.</summary>
internal sealed class RejectedAccess : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (authorizeResult.Succeeded)
        {
            return next(context);
        }

        if (authorizeResult.Forbidden)
        {
            var reason = authorizeResult.AuthorizationFailure?.FailureReasons.FirstOrDefault()?.Message;
            return new Problem(403, ProblemCode.Forbidden, reason ?? "This is not for you.").ExecuteAsync(context);
        }
        context.Response.Headers.WWWAuthenticate = "Bearer, ApiKey";
        var detail =
            context.Request.Headers.Authorization.Count + context.Request.Headers[ApiKeys.ApiKeyScheme.Header].Count == 0
                ? "Send a bearer token from POST /v1/auth/token, or an API key."
                : "The token or key is not valid, or not any more.";
        return new Problem(401, ProblemCode.AuthenticationRequired, detail).ExecuteAsync(context);
    }
}
