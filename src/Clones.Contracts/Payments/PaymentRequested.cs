using System.ComponentModel.DataAnnotations;

namespace Clones.Contracts.Payments;

/// <summary>
/// Another service wants a person to be paid out of a training pool, in the pool's token. Published as plain JSON, in any language. Where funds
/// are missing the payment waits for them. What becomes of it is published as payment-completed or payment-failed, with the same reference.
/// </summary>
public sealed record PaymentRequested
{
    /// <summary>The sender's own id of the request, 1-100 characters; one id is one payment, for ever.</summary>
    [StringLength(100, MinimumLength = 1)]
    public required string RequestId { get; init; }
    public required Guid TrainingPoolId { get; init; }

    /// <summary>Wallet to be paid, base58.</summary>
    [RegularExpression("^[1-9A-HJ-NP-Za-km-z]{32,44}$")]
    public required string Recipient { get; init; }

    /// <summary>Base units of the pool's token (lamports where it pays SOL), a decimal string from 1 to 18446744073709551615.</summary>
    [RegularExpression("^[1-9][0-9]{0,19}$")]
    public required string AmountBaseUnits { get; init; }

    /// <summary>The sender's own words, 1-200 characters, repeated with all that becomes of the payment; the request's id where it is absent.</summary>
    [StringLength(200, MinimumLength = 1)]
    public string? Reference { get; init; }
}
