using Clones.Persistence.Settlement;
using Clones.Solana.Rpc;
using Clones.Workers.Ledger;
using Clones.Workers.Settlement;
using TransactionStatus = Clones.Persistence.Settlement.TransactionStatus;

namespace Clones.Simulation;

/// <summary>A bug put into the code on purpose. The simulator that does not see it would not see a real one either.</summary>
internal abstract class Plant
{
    public static readonly Plant None = new Nothing();

    public virtual SettlementRules Rules { get; } = new();

    /// <summary>Signs and sends within one database transaction.</summary>
    public virtual bool SendsBeforeCommit => false;

    public virtual bool WithoutUniqueIndexes => false;

    public virtual bool WithoutFence => false;

    /// <summary>A key is opened twice for one signature.</summary>
    public virtual bool OpensKeysTwice => false;

    public virtual IRpcClient Wrap(IRpcClient client) => client;

    public static IReadOnlyDictionary<string, Plant> All { get; } =
        new Dictionary<string, Plant>
        {
            ["sign and broadcast in one transaction"] = new SignAndBroadcast(),
            ["null taken for death"] = new With(new NullIsDeath()),
            ["error taken for null"] = new With(new ErrorIsNull()),
            ["memo left out"] = new With(new NoMemo(), indexes: false),
            ["certificate without margin"] = new With(new NoMargin()),
            ["fence left out"] = new NoFence(),
            ["short page taken for the end of a history"] = new ShortPages(),
            ["second live attempt allowed"] = new With(new SecondAttempt(), indexes: false),
        };

    /// <summary>Bugs in deployments, for their histories to find.</summary>
    public static IReadOnlyDictionary<string, Plant> OfDeployments { get; } =
        new Dictionary<string, Plant> { ["key opened twice for one signature"] = new TwoOpenings() };

    private sealed class Nothing : Plant;

    private sealed class TwoOpenings : Plant
    {
        public override bool OpensKeysTwice => true;
    }

    /// <summary>A database restored from a backup signs what it does not remember to have signed.</summary>
    private sealed class NoFence : Plant
    {
        public override bool WithoutFence => true;
    }

    /// <summary>As it was: a page of fewer entries than asked for ends the reading, and nobody adds up what was read.</summary>
    private sealed class ShortPages : Plant
    {
        public override SettlementRules Rules { get; } = new NothingAddedUp();

        public override IRpcClient Wrap(IRpcClient client) => ShortPageIsTheEnd.Around(client);

        private sealed class NothingAddedUp : SettlementRules
        {
            public override bool MayLetThrough(LedgerComparison comparison) => comparison is not LedgerComparison.Unresolved;
        }
    }

    private sealed class SignAndBroadcast : Plant
    {
        public override bool SendsBeforeCommit => true;
    }

    private sealed class With(SettlementRules rules, bool indexes = true) : Plant
    {
        public override SettlementRules Rules => rules;

        public override bool WithoutUniqueIndexes => !indexes;
    }

    private sealed class NullIsDeath : SettlementRules
    {
        public override SettlementVerdict Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            sightings.All(s => s.Kind == SightingKind.Unknown)
                ? new SettlementVerdict.SeemsDead()
                : base.Judge(sightings, finalizedBlockHeight, lastValidBlockHeight);

        public override DeathVerdict Certify(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
            nodes.All(n => n.Sighting is null) ? new DeathVerdict.Dead(0) : base.Certify(attempt, nodes);
    }

    private sealed class ErrorIsNull : SettlementRules
    {
        public override SettlementVerdict Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            base.Judge(
                [.. sightings.Select(s => s.Kind == SightingKind.Unanswered ? new Sighting(SightingKind.Unknown) : s)],
                finalizedBlockHeight ?? lastValidBlockHeight + DeathVerdict.MarginOfOne,
                lastValidBlockHeight
            );

        // Who could not be asked has seen nothing.
        public override DeathVerdict Certify(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
            nodes.All(n => n.Sighting is null && (n.Error is not null || n.BlockhashValid == false))
                ? new DeathVerdict.Dead(0)
                : base.Certify(attempt, nodes);
    }

    private sealed class NoMemo : SettlementRules
    {
        public override string Memo(Guid transactionId, int attemptNumber) => "payment";
    }

    /// <summary>The blockhash is over at the newest block, and nobody knows the transaction: dead. As most clients have it.</summary>
    private sealed class NoMargin : SettlementRules
    {
        public override SettlementVerdict Judge(
            IReadOnlyList<Sighting> sightings,
            ulong? finalizedBlockHeight,
            ulong lastValidBlockHeight
        ) =>
            sightings.All(s => s.Kind == SightingKind.Unknown) && IsOver(finalizedBlockHeight ?? 0, lastValidBlockHeight)
                ? new SettlementVerdict.SeemsDead()
                : base.Judge(sightings, finalizedBlockHeight, lastValidBlockHeight);

        public override DeathVerdict Certify(AttemptFacts attempt, IReadOnlyList<NodeEvidence> nodes) =>
            nodes.All(n => n.Sighting is null && IsOver(n.FinalizedBlockHeight, attempt.LastValidBlockHeight))
                ? new DeathVerdict.Dead(0)
                : base.Certify(attempt, nodes);

        private static bool IsOver(ulong finalizedBlockHeight, ulong lastValidBlockHeight) =>
            finalizedBlockHeight + Chain.FinalityDepth > lastValidBlockHeight;
    }

    private sealed class SecondAttempt : SettlementRules
    {
        public override PreparationVerdict MayPrepare(
            TransactionKind kind,
            TransactionStatus status,
            IReadOnlyList<TransactionAttempt> attempts
        ) =>
            status is TransactionStatus.Signed or TransactionStatus.Broadcast or TransactionStatus.Unresolved && attempts.Count < 3
                ? new PreparationVerdict.Sign(attempts.Count + 1)
                : base.MayPrepare(kind, status, attempts);
    }
}
