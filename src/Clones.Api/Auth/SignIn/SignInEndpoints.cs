using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Domain.Access;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Auth.SignIn;

internal static class SignInEndpoints
{
    private const int MessageLengthMax = 2_000;

    public static void MapSignIn(this IEndpointRouteBuilder v1)
    {
        var auth = v1.MapGroup("/auth").WithTags("Sign-in").AllowAnonymous();
        auth.MapPost("/challenge", ChallengeAsync)
            .WithName("createChallenge")
            .WithSummary("A message for the wallet to sign")
            .WithProblems(400);
        auth.MapPost("/token", IssueAsync)
            .WithName("createToken")
            .WithSummary("A signed message for a bearer token")
            .WithProblems(400, 401);
        auth.MapSessions();
    }

    private static async Task<Ok<ChallengeView>> ChallengeAsync(
        ChallengeRequest body,
        ClonesDbContext db,
        AuthOptions options,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var fields = new Fields();
        var wallet = fields.Text<WalletAddress>("address", body.Address);
        fields.ThrowIfRejected();

        var now = time.GetUtcNow();
        var message = SignInMessage.For(wallet.Key, options, now);
        // Anybody may ask for challenges: expired ones must not pile up.
        await db.SignInChallenges.Where(c => c.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        db.SignInChallenges.Add(
            new SignInChallenge
            {
                Nonce = message.Nonce,
                Address = wallet.ToString(),
                Message = message.Text,
                ExpiresAt = message.ExpiresAt,
            }
        );
        await db.SaveChangesAsync(cancellationToken);
        return TypedResults.Ok(new ChallengeView(message.Text, message.Nonce, message.IssuedAt, message.ExpiresAt));
    }

    private static async Task<Ok<AccessTokenView>> IssueAsync(
        TokenRequest body,
        HttpContext context,
        ClonesDbContext db,
        Sessions sessions,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        var fields = new Fields();
        if (body.Message.Length > MessageLengthMax)
        {
            fields.Reject<string>("message", $"must be at most {MessageLengthMax} characters long");
        }

        if (!Signature.TryParse(body.Signature, out var signature))
        {
            fields.Reject<string>("signature", "must be a base58 signature of 64 bytes");
        }

        fields.ThrowIfRejected();

        var challenge = await FindAsync(db, body.Message, cancellationToken);
        var now = time.GetUtcNow();
        // A clock that was set back would let old messages live again: one from the future is rejected as well.
        if (challenge is null || now >= challenge.ExpiresAt || now < challenge.ExpiresAt - AuthOptions.ChallengeLifetime)
        {
            throw Rejected("The message is not one that this server made, or it has expired. Ask for a new one.");
        }

        if (!Ed25519.Verify(PublicKey.Parse(challenge.Address), System.Text.Encoding.UTF8.GetBytes(challenge.Message), signature))
        {
            throw Rejected("The signature is not one of this wallet over this message.");
        }

        var used = await db
            .SignInChallenges.Where(c => c.Nonce == challenge.Nonce && c.UsedAt == null)
            .ExecuteUpdateAsync(c => c.SetProperty(p => p.UsedAt, now), cancellationToken);
        if (used == 0)
        {
            throw Rejected("The message was used before. Ask for a new one.");
        }

        return TypedResults.Ok(await sessions.BeginAsync(PublicKey.Parse(challenge.Address), cancellationToken));
    }

    private static async Task<SignInChallenge?> FindAsync(ClonesDbContext db, string message, CancellationToken cancellationToken)
    {
        // A nonce is base58: what is not must not reach the database, which rejects some texts (NUL) loudly.
        if (SignInMessage.NonceOf(message) is not { Length: > 0 and < 50 } nonce || !nonce.All(char.IsAsciiLetterOrDigit))
        {
            return null;
        }

        var challenge = await db.SignInChallenges.AsNoTracking().FirstOrDefaultAsync(c => c.Nonce == nonce, cancellationToken);
        return challenge?.Message == message ? challenge : null;
    }

    internal static ProblemException Rejected(string detail) => new(new Problem(401, ProblemCode.SignInRefused, detail));
}
