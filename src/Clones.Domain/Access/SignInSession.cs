namespace Clones.Domain.Access;

/// <summary>
/// A wallet that has signed in: what its bearer tokens belong to, and its one refresh token, which is another after each use (RFC 9700, 4.14.2).
/// Nothing in it is secret: refresh tokens are sealed by the API's key.
/// </summary>
public sealed class SignInSession
{
    public required Guid Id { get; init; }

    /// <summary>Wallet, base58.</summary>
    public required string Address { get; init; }

    /// <summary>The refresh token that is good now; from 1 on, one more with each use.</summary>
    public required int Generation { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From then on the wallet must sign in again, however often it was refreshed.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Signed out, or ended because an old refresh token was used.</summary>
    public DateTimeOffset? EndedAt { get; set; }
}
