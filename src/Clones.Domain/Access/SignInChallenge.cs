namespace Clones.Domain.Access;

/// <summary>A Sign-In With Solana message that the API made; its nonce is used once.</summary>
public sealed class SignInChallenge
{
    /// <summary>128 random bits, base58.</summary>
    public required string Nonce { get; init; }
    public required string Address { get; init; }

    /// <summary>The whole text to be signed.</summary>
    public required string Message { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; set; }
}
