namespace Clones.Contracts.Payments;

/// <summary>The payment was seen at commitment confirmed: progress, not the end; it may still be rolled back.</summary>
public sealed record PaymentConfirmed : PaymentFields
{
    /// <summary>Transaction signature, base58.</summary>
    public required string Signature { get; init; }
    public required ulong Slot { get; init; }
}
