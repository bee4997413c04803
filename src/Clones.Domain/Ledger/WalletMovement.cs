using System.Numerics;

namespace Clones.Domain.Ledger;

/// <summary>
/// One change of a deposit wallet's holdings by one finalized transaction. The movements of a wallet add up to its balance. A transaction that
/// names the wallet and moves nothing has one row of zero, so that it is known to have been read.
/// </summary>
public sealed class WalletMovement
{
    public required Guid WalletId { get; init; }

    /// <summary>Of the transaction, base58.</summary>
    public required string Signature { get; init; }

    /// <summary>0, 1, .. within the transaction; the same at every reading.</summary>
    public required int Ordinal { get; init; }
    public required MovementKind Kind { get; init; }

    /// <summary>Mint, base58; null for lamports.</summary>
    public string? Mint { get; init; }

    /// <summary>Base units of the mint, or lamports; below zero where they left the wallet.</summary>
    public required BigInteger Delta { get; init; }
    public required ulong Slot { get; init; }

    /// <summary>Unix seconds, as the validators estimate.</summary>
    public long? BlockTime { get; init; }

    /// <summary>Of the memo; null where the transaction bears none of ours.</summary>
    public Guid? TransactionId { get; init; }
    public int? AttemptNumber { get; init; }

    /// <summary>
    /// <see cref="Payments.Payment.Tag"/> of the payment that it belongs to: the transfer, and its share of fee and rent. Null where it belongs to
    /// none, or to a transaction that was read by a release before batches.
    /// </summary>
    public Guid? PaymentTag { get; init; }

    /// <summary>Where it went, base58: a wallet for lamports, a token account for tokens. Null where several or none are meant.</summary>
    public string? Destination { get; init; }

    /// <summary>The chain executed and rejected the transaction: only its fee was taken.</summary>
    public bool Failed { get; init; }

    /// <summary>Why the transaction could not be read, for people; null where it was. The delta is then what the nodes report of the balances.</summary>
    public string? Unparsed { get; init; }

    /// <summary>The highest version of transactions that could be read when this one could not: a later release reads it again.</summary>
    public int? UnparsedByVersion { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>Stored and shown in capitals. Of what the chain shows, not of what the database meant.</summary>
public enum MovementKind
{
    /// <summary>Came in, signed by somebody else.</summary>
    Deposit,

    /// <summary>A transfer out, in a transaction that the wallet alone signed.</summary>
    Payment,

    /// <summary>Base fee and priority fee; of a batch one for each payment, its share by <see cref="LargestRemainder"/>.</summary>
    Fee,

    /// <summary>Deposit for an account that a payment made; where several payments go into one new account, the share of each.</summary>
    Rent,

    /// <summary>What the creation of a token or a liquidity pool took, its fee apart.</summary>
    Deployment,

    /// <summary>The transaction names the wallet and moves nothing of it.</summary>
    None,

    /// <summary>The transaction cannot be read: what the balances changed by, or zero where that is unknown.</summary>
    Unparsed,

    /// <summary>Anything else. An auditor examines it.</summary>
    Unknown,
}
