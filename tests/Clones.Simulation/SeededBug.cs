using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Settlement.Rules;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Simulation;

/// <summary>A bug put into the code on purpose. The simulator that does not see it would not see a real one either.</summary>
internal abstract class SeededBug
{
    public static readonly SeededBug None = new Nothing();

    public virtual SettlementRules Rules { get; } = new();

    /// <summary>Signs and sends within one database transaction.</summary>
    public virtual bool SendsBeforeCommit => false;

    public virtual bool WithoutUniqueIndexes => false;

    public virtual bool WithoutFence => false;

    /// <summary>Payments are not looked for by what the memos of others' transactions say of them.</summary>
    public virtual bool WithoutTags => false;

    /// <summary>A key is opened twice for one signature.</summary>
    public virtual bool OpensKeysTwice => false;

    public virtual IRpcClient Wrap(IRpcClient client) => client;

    public static IReadOnlyDictionary<string, SeededBug> All { get; } =
        new Dictionary<string, SeededBug>
        {
            ["sign and broadcast in one transaction"] = new SignAndBroadcast(),
            ["null taken for expiry"] = new With(new NullIsExpiry()),
            ["error taken for null"] = new With(new ErrorIsNull()),
            ["memo left out"] = new With(new NoMemo(), indexes: false),
            ["memo without its payments"] = new With(new NoTags()),
            ["payments not looked for in batches"] = new NoSearch(),
            ["batch split by a failure that is not final"] = new With(new HastySplit()),
            ["split that drops a payment"] = new With(new LossySplit()),
            ["expiry proof without margin"] = new With(new NoMargin()),
            ["fence left out"] = new NoFence(),
            ["short page taken for the end of a history"] = new ShortPages(),
            ["second live attempt allowed"] = new With(new SecondAttempt(), indexes: false),
        };

    /// <summary>Bugs in deployments, for their histories to find.</summary>
    public static IReadOnlyDictionary<string, SeededBug> OfDeployments { get; } =
        new Dictionary<string, SeededBug> { ["key opened twice for one signature"] = new TwoOpenings() };

    private sealed class Nothing : SeededBug;

    private sealed class TwoOpenings : SeededBug
    {
        public override bool OpensKeysTwice => true;
    }

    private sealed class NoSearch : SeededBug
    {
        public override bool WithoutTags => true;
    }

    /// <summary>A database restored from a backup signs what it does not remember to have signed.</summary>
    private sealed class NoFence : SeededBug
    {
        public override bool WithoutFence => true;
    }

    /// <summary>As it was: a page of fewer entries than asked for ends the reading, and nobody adds up what was read.</summary>
    private sealed class ShortPages : SeededBug
    {
        public override SettlementRules Rules { get; } = new NothingAddedUp();

        public override IRpcClient Wrap(IRpcClient client) => ShortPageIsTheEnd.Around(client);

        private sealed class NothingAddedUp : SettlementRules
        {
            public override bool MayLetThrough(LedgerComparison comparison) => comparison is not LedgerComparison.Unresolved;
        }
    }

    private sealed class SignAndBroadcast : SeededBug
    {
        public override bool SendsBeforeCommit => true;
    }

    private sealed class With(SettlementRules rules, bool indexes = true) : SeededBug
    {
        public override SettlementRules Rules => rules;

        public override bool WithoutUniqueIndexes => !indexes;
    }

    private sealed class NullIsExpiry : SettlementRules
    {
        public override SettlementDecision Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            sightings.All(s => s.Kind == SightingKind.Unknown)
                ? new SettlementDecision.SeemsExpired()
                : base.Judge(sightings, finalizedBlockHeight, lastValidBlockHeight);

        public override ExpiryDecision MayExpire(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
            nodes.All(n => n.Sighting is null) ? new ExpiryDecision.Expired(0) : base.MayExpire(attempt, nodes);
    }

    private sealed class ErrorIsNull : SettlementRules
    {
        public override SettlementDecision Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            base.Judge(
                [.. sightings.Select(s => s.Kind == SightingKind.Unanswered ? new Sighting(SightingKind.Unknown) : s)],
                finalizedBlockHeight ?? lastValidBlockHeight + ExpiryDecision.MarginOfOne,
                lastValidBlockHeight
            );

        // Who could not be asked has seen nothing.
        public override ExpiryDecision MayExpire(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
            nodes.All(n => n.Sighting is null && (n.Error is not null || n.BlockhashValid == false))
                ? new ExpiryDecision.Expired(0)
                : base.MayExpire(attempt, nodes);
    }

    private sealed class NoMemo : SettlementRules
    {
        public override string Memo(Guid transactionId, int attemptNumber, IReadOnlyList<Payment> payments) => "payment";
    }

    private sealed class NoTags : SettlementRules
    {
        public override string Memo(Guid transactionId, int attemptNumber, IReadOnlyList<Payment> payments) =>
            $"{transactionId:D}:{attemptNumber}";
    }

    /// <summary>An error at a block that may be rolled back is taken for the end, while the other fork may hold the success.</summary>
    private sealed class HastySplit : SettlementRules
    {
        public override SettlementDecision Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            sightings.FirstOrDefault(s => s.Error is not null) is { Error: { } error } seen
                ? new SettlementDecision.Failed(seen.Slot, error)
                : base.Judge(sightings, finalizedBlockHeight, lastValidBlockHeight);
    }

    private sealed class LossySplit : SettlementRules
    {
        public override IReadOnlyList<IReadOnlyList<Payment>> Split(IReadOnlyList<Payment> payments, int? culprit) =>
            [base.Split(payments, culprit)[0]];
    }

    /// <summary>The blockhash is over at the newest block, and nobody knows the transaction: expired. As most clients have it.</summary>
    private sealed class NoMargin : SettlementRules
    {
        public override SettlementDecision Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            sightings.All(s => s.Kind == SightingKind.Unknown) && IsOver(finalizedBlockHeight ?? 0, lastValidBlockHeight)
                ? new SettlementDecision.SeemsExpired()
                : base.Judge(sightings, finalizedBlockHeight, lastValidBlockHeight);

        public override ExpiryDecision MayExpire(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
            nodes.All(n => n.Sighting is null && IsOver(n.FinalizedBlockHeight, attempt.LastValidBlockHeight))
                ? new ExpiryDecision.Expired(0)
                : base.MayExpire(attempt, nodes);

        private static bool IsOver(ulong finalizedBlockHeight, ulong lastValidBlockHeight) =>
            finalizedBlockHeight + Chain.FinalityDepth > lastValidBlockHeight;
    }

    private sealed class SecondAttempt : SettlementRules
    {
        public override PreparationDecision MayPrepare(
            TransactionKind kind,
            TransactionStatus status,
            IReadOnlyList<TransactionAttempt> attempts
        ) =>
            status is TransactionStatus.Signed or TransactionStatus.Broadcast or TransactionStatus.Unresolved && attempts.Count < 3
                ? new PreparationDecision.Sign(attempts.Count + 1)
                : base.MayPrepare(kind, status, attempts);
    }
}
