using Clones.Domain.Access;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Auth.SignIn;

/// <summary>
/// From sign-in to sign-out. A refresh token is good once; one that was used before shows that two have it, and ends the session for both
/// (RFC 9700, 4.14.2): the wallet signs in again, the thief cannot.
/// </summary>
internal sealed class Sessions(ClonesDbContext db, AccessTokens access, RefreshTokens refresh, TimeProvider time)
{
    public async Task<AccessTokenView> BeginAsync(PublicKey wallet, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var session = new SignInSession
        {
            Id = Guid.CreateVersion7(now),
            Address = wallet.ToString(),
            Generation = 1,
            CreatedAt = now,
            ExpiresAt = now + AuthOptions.SessionLifetime,
        };
        // Expired ones must not pile up.
        await db.SignInSessions.Where(s => s.ExpiresAt < now).ExecuteDeleteAsync(cancellationToken);
        db.SignInSessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        return View(session, session.Generation);
    }

    /// <returns>Null where the token is none, was used before, or its session has ended.</returns>
    public async Task<AccessTokenView?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (refresh.Open(refreshToken) is not { } given)
        {
            return null;
        }

        var session = await Open(given.SessionId).AsNoTracking().FirstOrDefaultAsync(cancellationToken);
        // One statement: of two that come with the same token at once, one gets the next.
        var exchanged = await Open(given.SessionId)
            .Where(s => s.Generation == given.Generation)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.Generation, given.Generation + 1), cancellationToken);
        if (session is not null && exchanged == 1)
        {
            return View(session, given.Generation + 1);
        }

        await EndAsync(given.SessionId, cancellationToken);
        return null;
    }

    /// <summary>Ends the session of this token, used before or not. Done twice it does nothing.</summary>
    /// <returns>False where it is no token of ours.</returns>
    public async Task<bool> SignOutAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (refresh.Open(refreshToken) is not { } given)
        {
            return false;
        }

        await EndAsync(given.SessionId, cancellationToken);
        return true;
    }

    public Task<bool> IsOpenAsync(Guid id, CancellationToken cancellationToken) => Open(id).AnyAsync(cancellationToken);

    private IQueryable<SignInSession> Open(Guid id)
    {
        var now = time.GetUtcNow();
        return db.SignInSessions.Where(s => s.Id == id && s.EndedAt == null && s.ExpiresAt > now);
    }

    private Task EndAsync(Guid id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return db
            .SignInSessions.Where(s => s.Id == id && s.EndedAt == null)
            .ExecuteUpdateAsync(s => s.SetProperty(p => p.EndedAt, now), cancellationToken);
    }

    private AccessTokenView View(SignInSession session, int generation)
    {
        var (token, expiresAt) = access.Issue(PublicKey.Parse(session.Address), session.Id);
        return new AccessTokenView(
            token,
            "Bearer",
            (int)AuthOptions.TokenLifetime.TotalSeconds,
            expiresAt,
            session.Address,
            refresh.Seal(new RefreshToken(session.Id, generation)),
            session.ExpiresAt
        );
    }
}
