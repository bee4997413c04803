namespace Clones.Api.Auth.SignIn;

internal sealed record ChallengeRequest(string Address);

internal sealed record ChallengeView(string Message, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <param name="Message">Unchanged.</param>
/// <param name="Signature">Base58 of the ed25519 signature over the UTF-8 bytes of the message.</param>
internal sealed record TokenRequest(string Message, string Signature);

/// <param name="RefreshToken">Good once: each use gives another.</param>
internal sealed record RefreshRequest(string RefreshToken);

/// <param name="ExpiresIn">Seconds.</param>
/// <param name="RefreshToken">For POST /v1/auth/refresh and sign-out; kept as secret as the wallet's password would be.</param>
/// <param name="SessionExpiresAt">From then on the wallet must sign again.</param>
internal sealed record AccessTokenView(
    string AccessToken,
    string TokenType,
    int ExpiresIn,
    DateTimeOffset ExpiresAt,
    string Address,
    string RefreshToken,
    DateTimeOffset SessionExpiresAt
);
