namespace Clones.Api.Auth.SignIn;

internal sealed record ChallengeRequest(string Address);

internal sealed record ChallengeView(string Message, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

/// <param name="Message">Unchanged.</param>
/// <param name="Signature">Base58 of the ed25519 signature over the UTF-8 bytes of the message.</param>
internal sealed record TokenRequest(string Message, string Signature);

/// <param name="ExpiresIn">Seconds.</param>
internal sealed record TokenView(string AccessToken, string TokenType, int ExpiresIn, DateTimeOffset ExpiresAt, string Address);
