namespace Clones.Domain.Ledger;

/// <summary>A finalized transaction that a deposit wallet signed, as the chain shows it. What is here stands on chain, whatever the database says.</summary>
public sealed class OnChainTransaction
{
    /// <summary>First signature, base58.</summary>
    public required string Signature { get; init; }
    public required Guid WalletId { get; init; }

    /// <summary>Of its memo; null where it bears none of ours. The database may not know of such a transaction.</summary>
    public Guid? TransactionId { get; init; }

    /// <summary>Of its memo.</summary>
    public int? AttemptNumber { get; init; }

    /// <summary>
    /// Of its memo: the payments' tags (<see cref="Payments.Payment.Tag"/>), in the order of its transfers. Null where it carries a single payment,
    /// whose tag is the transaction's id, and where it failed: then it has paid nobody.
    /// </summary>
    public Guid[]? PaymentTags { get; init; }
    public required ulong Slot { get; init; }

    /// <summary>Unix seconds, as the validators estimate.</summary>
    public long? BlockTime { get; init; }

    /// <summary>Error of the chain; null where it was executed.</summary>
    public string? Error { get; init; }
    public required ulong FeeLamports { get; init; }

    /// <summary>As it landed. Never logged.</summary>
    public required byte[] WireBytes { get; init; }
    public required string GenesisHash { get; init; }
    public required DateTimeOffset RecordedAt { get; init; }
}
