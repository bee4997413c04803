namespace Clones.Contracts.Payments;

/// <summary>The payment is finalized on chain: it was made, exactly once.</summary>
public sealed record PaymentCompleted : PaymentFields
{
    /// <summary>Transaction signature, base58.</summary>
    public required string Signature { get; init; }
    public required ulong Slot { get; init; }
}
