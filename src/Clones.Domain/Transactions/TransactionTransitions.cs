using static Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Domain.Transactions;

public static class TransactionTransitions
{
    // From the signature on, payments and deployments go the same way.
    private static readonly Transition<TransactionStatus>[] InFlight =
    [
        new(Signed, Broadcast, "sent"),
        new(Signed, Confirmed, "confirmed"),
        new(Signed, Finalized, "finalized"),
        new(Signed, Failed, "failed on chain"),
        new(Signed, Unresolved, "evidence is missing"),
        new(Signed, Expired, "expiry proof"),
        new(Broadcast, Confirmed, "confirmed"),
        new(Broadcast, Finalized, "finalized"),
        new(Broadcast, Failed, "failed on chain"),
        new(Broadcast, Unresolved, "evidence is missing"),
        new(Broadcast, Expired, "expiry proof"),
        new(Confirmed, Broadcast, "rolled back"),
        new(Confirmed, Finalized, "finalized"),
        new(Confirmed, Failed, "failed on chain"),
        new(Confirmed, Unresolved, "evidence contradicts"),
        new(Confirmed, Expired, "expiry proof"),
        new(Unresolved, Broadcast, "in flight again"),
        new(Unresolved, Confirmed, "confirmed"),
        new(Unresolved, Finalized, "finalized"),
        new(Unresolved, Failed, "failed on chain"),
        new(Unresolved, Expired, "expiry proof"),
    ];

    /// <summary>The workers sign alone.</summary>
    public static TransitionTable<TransactionStatus> OfPayments { get; } =
        new(
            "payment transaction",
            [
                new(null, Accepted, "payment accepted"),
                new(Accepted, Signed, "signed"),
                new(Accepted, Finalized, "found on chain"),
                new(Accepted, Failed, "cannot be executed"),
                new(Accepted, Cancelled, "payments regrouped"),
                .. InFlight,
                new(Expired, Signed, "signed again"),
                new(Expired, Finalized, "found on chain"),
                new(Expired, Failed, "cannot be executed"),
                new(Expired, Cancelled, "payments regrouped"),
                new(Failed, Finalized, TransitionCause.AdoptedAfterRestore),
                new(Cancelled, Finalized, TransitionCause.AdoptedAfterRestore),
            ]
        );

    /// <summary>
    /// The owner signs at home. An owner who pays needs no signature of ours any more and may send the transaction: hence ACCEPTED to BROADCAST.
    /// </summary>
    public static TransitionTable<TransactionStatus> OfDeployments { get; } =
        new(
            "deployment transaction",
            [
                new(null, Accepted, "prepared"),
                new(null, Finalized, "found on chain"),
                new(Accepted, Signed, "co-signed"),
                new(Accepted, Broadcast, "sent by the owner"),
                new(Accepted, Finalized, "found on chain"),
                new(Accepted, Failed, "cannot be executed"),
                new(Accepted, Expired, "never completely signed, or expiry proof"),
                new(Accepted, Cancelled, "cancelled by the owner"),
                .. InFlight,
                new(Expired, Accepted, "prepared again"),
                new(Expired, Finalized, "found on chain"),
                new(Expired, Failed, "cannot be executed"),
                new(Expired, Cancelled, "cancelled by the owner"),
                new(Failed, Finalized, TransitionCause.AdoptedAfterRestore),
                new(Cancelled, Finalized, TransitionCause.AdoptedAfterRestore),
            ]
        );

    /// <summary>Those of both tables: a transaction that is in none of them is open.</summary>
    public static IReadOnlyList<TransactionStatus> Ends { get; } = OfPayments.Ends;

    /// <summary>Open, with an attempt that is signed and may land.</summary>
    public static IReadOnlyList<TransactionStatus> InFlightStatuses { get; } = [.. InFlight.Select(t => t.From!.Value).Distinct()];

    /// <summary>Open, without one.</summary>
    public static IReadOnlyList<TransactionStatus> ToPrepare { get; } =
    [.. Enum.GetValues<TransactionStatus>().Except(Ends).Except(InFlightStatuses)];

    public static bool IsEnd(this TransactionStatus status) => Ends.Contains(status);

    public static TransitionTable<TransactionStatus> Of(TransactionKind kind) =>
        kind == TransactionKind.Payment ? OfPayments : OfDeployments;
}
