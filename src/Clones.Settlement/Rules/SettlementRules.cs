using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;

namespace Clones.Settlement.Rules;

/// <summary>
/// Every decision that money hangs on, all of them pure. Virtual for one reason: the simulator plants wrong ones, to prove that it would see
/// them.
/// </summary>
public class SettlementRules
{
    public virtual SettlementDecision Judge(IReadOnlyList<Sighting> sightings, ulong? finalizedBlockHeight, ulong lastValidBlockHeight) =>
        SettlementDecision.Decide(sightings, finalizedBlockHeight, lastValidBlockHeight);

    public virtual ExpiryDecision MayExpire(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
        ExpiryDecision.Decide(attempt, nodes);

    public virtual PreparationDecision MayPrepare(
        TransactionKind kind,
        TransactionStatus status,
        IReadOnlyList<TransactionAttempt> attempts
    ) => PreparationDecision.Decide(kind, status, attempts);

    public virtual AdoptionDecision MayAdopt(
        ChainTransaction transaction,
        IReadOnlyList<TransactionAttempt> attempts,
        IReadOnlyList<Payment> payments,
        IReadOnlyList<OnChainTransaction> onChainRecords,
        string walletAddress,
        ulong finalizedBlockHeight,
        ulong margin
    ) => AdoptionDecision.Decide(transaction, attempts, payments, onChainRecords, walletAddress, finalizedBlockHeight, margin);

    /// <summary>Whether the fence lets a wallet through on the strength of this comparison.</summary>
    public virtual bool MayLetThrough(LedgerComparison comparison) => comparison is LedgerComparison.Equal;

    /// <param name="payments">Those that the transaction carries, in the order of their transfers.</param>
    public virtual string Memo(Guid transactionId, int attemptNumber, IReadOnlyList<Payment> payments) =>
        TransactionMemo.Of(transactionId, attemptNumber, [.. payments.Select(p => p.Tag)]);

    public virtual IReadOnlyList<IReadOnlyList<Payment>> Split(IReadOnlyList<Payment> payments, int? culprit) =>
        BatchSplit.Of(payments, culprit);
}
