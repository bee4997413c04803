using System.Security.Claims;
using Clones.Solana.Primitives;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Clones.Api.Auth;

/// <summary>Bearer tokens: JWTs under HMAC-SHA256, short-lived, good for this API only.</summary>
internal sealed class AccessTokens(AuthOptions options, TimeProvider time)
{
    private const string Audience = "clones-api";

    /// <summary>Names the session, so that the token ends with it.</summary>
    public const string SessionClaim = "sid";

    public (string Token, DateTimeOffset ExpiresAt) Issue(PublicKey wallet, Guid sessionId)
    {
        var now = time.GetUtcNow();
        var expiresAt = now + AuthOptions.TokenLifetime;
        var token = new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = options.Domain,
                Audience = Audience,
                IssuedAt = now.UtcDateTime,
                NotBefore = now.UtcDateTime,
                Expires = expiresAt.UtcDateTime,
                Subject = new ClaimsIdentity([
                    new Claim(Caller.WalletClaim, wallet.ToString()),
                    new Claim(SessionClaim, sessionId.ToString("n")),
                    new Claim(JwtRegisteredClaimNames.Jti, Guid.CreateVersion7(now).ToString("n")),
                ]),
                SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(options.TokenKey), SecurityAlgorithms.HmacSha256),
            }
        );
        return (token, expiresAt);
    }

    /// <summary>One algorithm, our key, our names, and the injected clock without any leeway.</summary>
    public static TokenValidationParameters Validation(AuthOptions options, TimeProvider time) =>
        new()
        {
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            IssuerSigningKey = new SymmetricSecurityKey(options.TokenKey),
            ValidIssuer = options.Domain,
            ValidAudience = Audience,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            NameClaimType = Caller.WalletClaim,
            LifetimeValidator = (notBefore, expires, _, _) => time.GetUtcNow().UtcDateTime is var now && notBefore <= now && now < expires,
        };
}
