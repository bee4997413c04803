namespace Clones.Contracts.Payments;

/// <summary>The payment will not be made: the chain rejected it at commitment finalized, or it was rejected before anything was signed.</summary>
public sealed record PaymentFailed : PaymentFields
{
    public required string Reason { get; init; }

    /// <summary>Signature of the rejected transaction, base58; null where nothing was sent.</summary>
    public string? Signature { get; init; }
}
