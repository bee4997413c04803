using Clones.Solana.Primitives;

namespace Clones.Domain.Payments;

/// <summary>What became of a <see cref="PaymentRequest"/>.</summary>
public abstract record PaymentAcceptanceResult
{
    private PaymentAcceptanceResult() { }

    /// <summary>Stored, with the transaction that is to be prepared; null: it waits for funds.</summary>
    public sealed record Accepted(Payment Payment, Guid? TransactionId) : PaymentAcceptanceResult;

    /// <summary>The same request came before: this is its payment.</summary>
    public sealed record Replayed(Payment Payment) : PaymentAcceptanceResult;

    /// <summary>The idempotency key belongs to another request of this caller.</summary>
    public sealed record KeyReused(Guid PaymentId) : PaymentAcceptanceResult;

    /// <summary>There is no such training pool, or the workers have not made its wallet yet.</summary>
    public sealed record PoolHasNoWallet(Guid TrainingPoolId) : PaymentAcceptanceResult;

    /// <summary>The owner has paused the training pool, and this reward may not wait. Withdrawals are not rejected.</summary>
    public sealed record PoolPaused(Guid TrainingPoolId) : PaymentAcceptanceResult;

    /// <summary>See <see cref="RecipientRule"/>; the reason is for people.</summary>
    public sealed record RecipientRejected(string Reason) : PaymentAcceptanceResult;

    /// <summary>Base units of the mint.</summary>
    public sealed record MissingTokens(PublicKey Mint, ulong Needed, ulong Available) : PaymentAcceptanceResult;

    /// <summary>Lamports: amount (of SOL), fee ceiling and rent of the recipient's token account together.</summary>
    public sealed record MissingLamports(UInt128 Needed, ulong Available) : PaymentAcceptanceResult;

    /// <summary>Every read of the balance was older than what the database knows of the wallet: the nodes lag behind.</summary>
    public sealed record BalanceTooOld(ulong MinContextSlot) : PaymentAcceptanceResult;

    /// <summary>No node answered, and the request may not wait. Nothing is concluded from it.</summary>
    public sealed record ChainUnavailable : PaymentAcceptanceResult;
}
