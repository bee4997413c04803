using Clones.Api.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Auth.SignIn;

internal static class SessionEndpoints
{
    public static void MapSessions(this IEndpointRouteBuilder auth)
    {
        auth.MapPost("/refresh", RefreshAsync)
            .WithName("refreshToken")
            .WithSummary("A refresh token for the next bearer token and the next refresh token")
            .WithProblems(400, 401);
        auth.MapPost("/sign-out", SignOutAsync)
            .WithName("signOut")
            .WithSummary("End the session: its bearer tokens are rejected from now on")
            .WithProblems(400);
    }

    private static async Task<Ok<AccessTokenView>> RefreshAsync(
        RefreshRequest body,
        HttpContext context,
        Sessions sessions,
        CancellationToken cancellationToken
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            await sessions.RefreshAsync(body.RefreshToken, cancellationToken)
                ?? throw SignInEndpoints.Rejected(
                    "The refresh token is not valid, or was used before, which ends its session. Sign in with the wallet again."
                )
        );
    }

    private static async Task<NoContent> SignOutAsync(RefreshRequest body, Sessions sessions, CancellationToken cancellationToken) =>
        await sessions.SignOutAsync(body.RefreshToken, cancellationToken)
            ? TypedResults.NoContent()
            : throw new ProblemException(Problem.Field("refreshToken", "is none of this API"));
}
