namespace Clones.Contracts.Settlement;

/// <summary>A transaction reached its end at commitment finalized; its owner (payments, deployments) closes it.</summary>
public sealed record TransactionSettled
{
    public required Guid TransactionId { get; init; }

    /// <summary><c>FINALIZED</c> or <c>FAILED</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>Signature of the attempt that settled it, base58; null where none was ever sent.</summary>
    public string? Signature { get; init; }
    public ulong? Slot { get; init; }

    /// <summary>Seconds since the Unix epoch; null where the cluster does not know it.</summary>
    public long? BlockTime { get; init; }

    /// <summary>Why it failed, for people; null on success.</summary>
    public string? FailureReason { get; init; }
}
