using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;

namespace Clones.Settlement.Rules;

/// <summary>
/// What becomes of a transaction of the database whose memo stands on chain without the database having put it there: a database restored from a
/// backup has forgotten an attempt, or a whole payment that its client has asked for again. Pure.
/// </summary>
public abstract record AdoptionDecision
{
    private AdoptionDecision() { }

    /// <summary>Take it over: it is this transaction, executed (or rejected) once.</summary>
    public sealed record Adopt(OnChainTransaction OnChain) : AdoptionDecision;

    /// <summary>Take it over for all payments but these: under their tags it pays something else than they ask for.</summary>
    public sealed record AdoptBut(OnChainTransaction OnChain, IReadOnlyList<Payment> Others) : AdoptionDecision;

    /// <summary>Nothing to take over, or not yet.</summary>
    public sealed record Leave(string Reason) : AdoptionDecision;

    /// <summary>The chain holds something else under this name: it is never signed, and people are told.</summary>
    public sealed record Reject(string Reason) : AdoptionDecision
    {
        /// <param name="deviation">What differs.</param>
        public static Reject AnotherPayment(OnChainTransaction onChain, string deviation) =>
            new($"The chain holds another payment under this name ({onChain.Signature}, slot {onChain.Slot}): {deviation}.");
    }

    /// <param name="attempts">Of the transaction, as the database knows them.</param>
    /// <param name="payments">That it carries; empty for a deployment.</param>
    /// <param name="onChainRecords">With its id in their memo, signed by its wallet, finalized.</param>
    /// <param name="walletAddress">Of the paying wallet.</param>
    /// <param name="finalizedBlockHeight">As many nodes as are believed answer it; 0 where nobody was asked.</param>
    /// <param name="margin">Blocks past its last valid one after which an attempt can no longer land.</param>
    public static AdoptionDecision Decide(
        ChainTransaction transaction,
        IReadOnlyList<TransactionAttempt> attempts,
        IReadOnlyList<Payment> payments,
        IReadOnlyList<OnChainTransaction> onChainRecords,
        string walletAddress,
        ulong finalizedBlockHeight,
        ulong margin
    )
    {
        if (transaction.Status.IsEnd())
        {
            return new Leave($"It is {transaction.Status}.");
        }

        var onChain = onChainRecords.OrderBy(l => l.Error is null ? 0 : 1).ThenBy(l => l.Slot).FirstOrDefault();
        if (onChain is null)
        {
            return new Leave("Nothing of it stands on chain.");
        }
        if (attempts.Any(a => a.Status.IsLive() && a.Signature == onChain.Signature))
        {
            return new Leave("The live attempt has landed; settlement sees it.");
        }
        if (attempts.FirstOrDefault(a => a.Status.IsSendable() && a.LastValidBlockHeight + margin > finalizedBlockHeight) is { } live)
        {
            return new Leave($"Attempt {live.Number} may still land.");
        }

        if (onChainRecords.Count(l => l.Error is null) > 1)
        {
            return new Reject($"It stands on chain more than once: {string.Join(", ", onChainRecords.Select(l => l.Signature))}.");
        }

        if (payments.Count == 0 || onChain.Error is not null)
        {
            return new Adopt(onChain);
        }
        var (message, wallet) = (Transaction.Deserialize(onChain.WireBytes).Message, PublicKey.Parse(walletAddress));
        if (MessageTransfers.Deviation(message, wallet, payments) is not { } deviation)
        {
            return new Adopt(onChain);
        }
        return onChain.PaymentTags is not null && payments.Count > 1
            ? new AdoptBut(onChain, [.. payments.Where(p => MessageTransfers.Deviation(message, wallet, [p]) is not null)])
            : Reject.AnotherPayment(onChain, deviation);
    }
}
