using Clones.Domain.Agents;

namespace Clones.Domain.Transactions;

/// <summary>Attempt n: one message, signed once. Rows are never deleted. At most one attempt of a transaction is live (unique index).</summary>
public sealed class TransactionAttempt
{
    private AttemptStatus status;

    public required Guid TransactionId { get; init; }

    /// <summary>1, 2, ..</summary>
    public required int Number { get; init; }
    public required AttemptStatus Status
    {
        get => status;
        init => status = value;
    }

    /// <summary>The serialized message that is (to be) signed.</summary>
    public required byte[] MessageBytes { get; init; }

    /// <summary>The signed transaction as it goes to the chain; null until signed. Never logged.</summary>
    public byte[]? WireBytes { get; set; }

    /// <summary>First signature, base58: the transaction's id on chain; null until signed.</summary>
    public string? Signature { get; set; }

    /// <summary>The owner's signature, base58, of an owner-signed transaction; null until the owner posted it.</summary>
    public string? OwnerSignature { get; set; }

    /// <summary>Who pays it. Where the owner does, it may land as soon as it is prepared: see <see cref="LiveAttempts.MayLand"/>.</summary>
    public DeploymentPayer Payer { get; init; }

    /// <summary>
    /// The mint's signature over the message, base58, of a token creation that its owner pays: the only one of ours that it needs, made when it
    /// was prepared and given to the owner with it. Null everywhere else.
    /// </summary>
    public string? MintSignature { get; init; }
    public required string Blockhash { get; init; }

    /// <summary>The last block height at which the blockhash is valid.</summary>
    public required ulong LastValidBlockHeight { get; init; }

    /// <summary>Slot at which the blockhash was read: the attempt cannot have landed before it.</summary>
    public required ulong ContextSlot { get; init; }
    public required string GenesisHash { get; init; }

    /// <summary>Lamports: base fee and priority fee together, at most.</summary>
    public required ulong FeeLamportsMax { get; init; }

    /// <summary>What an owner is asked to sign, as JSON of <see cref="DeploymentTerms"/>; null for payments.</summary>
    public string? Terms { get; init; }

    /// <summary>How many times the bytes were sent.</summary>
    public int SendCount { get; set; }
    public DateTimeOffset? LastSentAt { get; set; }

    /// <summary>Slot in which it was seen; null until then.</summary>
    public ulong? Slot { get; set; }

    /// <summary>Error of the chain as its JSON; null where there is none.</summary>
    public string? Error { get; set; }

    /// <summary>The expiry proof or other closing evidence, as JSON.</summary>
    public string? Evidence { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }

    /// <exception cref="IllegalTransitionException"><see cref="AttemptTransitions"/> does not list the change.</exception>
    public void MoveTo(AttemptStatus next) => status = AttemptTransitions.Table.Require(status, next, $"{Number} of {TransactionId}");
}
