using Clones.Persistence.Ledger;
using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;
using Clones.Workers.Ledger;

namespace Clones.Workers.Settlement;

/// <summary>
/// Every decision that money hangs on, all of them pure. Virtual for one reason: the simulator plants wrong ones, to prove that it would see
/// them.
/// </summary>
internal class SettlementRules
{
    public virtual SettlementVerdict Judge(IReadOnlyList<Sighting> sightings, ulong? finalizedBlockHeight, ulong lastValidBlockHeight) =>
        SettlementVerdict.Decide(sightings, finalizedBlockHeight, lastValidBlockHeight);

    public virtual DeathVerdict Certify(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) => DeathVerdict.Decide(attempt, nodes);

    public virtual PreparationVerdict MayPrepare(
        TransactionKind kind,
        TransactionStatus status,
        IReadOnlyList<TransactionAttempt> attempts
    ) => PreparationVerdict.Decide(kind, status, attempts);

    public virtual AdoptionVerdict MayAdopt(
        ChainTransaction transaction,
        IReadOnlyList<TransactionAttempt> attempts,
        IReadOnlyList<Payment> payments,
        IReadOnlyList<ChainLanding> landings,
        string walletAddress,
        ulong finalizedBlockHeight,
        ulong margin
    ) => AdoptionVerdict.Decide(transaction, attempts, payments, landings, walletAddress, finalizedBlockHeight, margin);

    /// <summary>Whether the fence lets a wallet through on the strength of this comparison.</summary>
    public virtual bool MayLetThrough(LedgerComparison comparison) => comparison is LedgerComparison.Equal;

    public virtual string Memo(Guid transactionId, int attemptNumber) => TransactionMemo.Of(transactionId, attemptNumber);
}
