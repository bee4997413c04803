using System.Runtime.CompilerServices;
using Clones.Domain.Transactions;

namespace Clones.Domain.Payments;

/// <summary>A reward or withdrawal out of a deposit wallet. Accepted once, executed on chain exactly once.</summary>
public sealed class Payment
{
    private PaymentStatus status;
    private StrongBox<Guid>? tag;

    public required Guid Id { get; init; }
    public required PaymentKind Kind { get; init; }
    public required Guid TrainingPoolId { get; init; }
    public required Guid WalletId { get; init; }

    /// <summary>The transaction that carries it (one may carry several payments of one wallet); null while it waits for funds.</summary>
    public Guid? TransactionId { get; set; }

    /// <summary>
    /// Names it on chain for ever: the id of the transaction that carries it alone, and what the memo of a transaction with several payments says
    /// of it. Made of caller and idempotency key, so that a database that has forgotten it finds it by what its client asks for again.
    /// </summary>
    public Guid Tag => (tag ??= new(TransactionIds.OfPayment(Caller, IdempotencyKey))).Value;

    /// <summary>Wallet address of the recipient, base58 (its ATA is derived).</summary>
    public required string Recipient { get; init; }

    /// <summary>Mint, base58; null for SOL.</summary>
    public string? Mint { get; init; }

    /// <summary>Base units of the mint, or lamports; above zero.</summary>
    public required ulong Amount { get; init; }

    /// <summary>Lamports that were reserved for it: amount of SOL, fee ceiling and rent together; 0 while it waits.</summary>
    public ulong ReservedLamports { get; set; }
    public required PaymentStatus Status
    {
        get => status;
        init => status = value;
    }

    /// <summary>Who asked: <c>wallet:..</c>, <c>api-key:..</c>, <c>system:rewards</c>. With the key it is unique, for ever.</summary>
    public required string Caller { get; init; }
    public required string IdempotencyKey { get; init; }

    /// <summary>SHA-256 of the canonical request; the same key with another body is rejected.</summary>
    public required byte[] RequestHash { get; init; }
    public string? Reference { get; init; }

    /// <summary>For people; why it failed, or what it waits for; null where nothing holds it up.</summary>
    public string? Reason { get; set; }

    /// <summary>Signature that settled it, base58.</summary>
    public string? Signature { get; set; }
    public ulong? Slot { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; set; }

    /// <exception cref="IllegalTransitionException"><see cref="PaymentTransitions"/> does not list the change.</exception>
    public void MoveTo(PaymentStatus next) => status = PaymentTransitions.Table.Require(status, next, Id);
}
