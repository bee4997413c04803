namespace Clones.Contracts.Payments;

/// <summary>What every event of a payment carries for other services. Base units are lamports or the smallest units of a token.</summary>
public abstract record PaymentFields
{
    public required Guid PaymentId { get; init; }
    public required Guid TrainingPoolId { get; init; }

    /// <summary><c>REWARD</c> or <c>WITHDRAWAL</c>.</summary>
    public required string Kind { get; init; }
    public required string Recipient { get; init; }

    /// <summary>Mint address, base58; null for SOL.</summary>
    public string? Mint { get; init; }

    /// <summary>Base units, a decimal string, since a u64 does not fit the numbers of every language.</summary>
    public required string AmountBaseUnits { get; init; }

    /// <summary>The reference that the sender of the payment gave, unchanged.</summary>
    public string? Reference { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}
