using static Clones.Domain.Transactions.AttemptStatus;

namespace Clones.Domain.Transactions;

public static class AttemptTransitions
{
    public static TransitionTable<AttemptStatus> Table { get; } =
        new(
            "attempt",
            new(null, Prepared, "prepared for an owner"),
            new(null, Signed, "signed"),
            new(null, Finalized, "found on chain"),
            new(null, Failed, "found on chain, failed"),
            new(Prepared, Submitted, "signed by the owner"),
            new(Prepared, Broadcast, "sent by the owner"),
            new(Prepared, Finalized, "found on chain"),
            new(Prepared, Failed, "found on chain, failed"),
            new(Prepared, Expired, "expiry proof"),
            new(Prepared, Withdrawn, "replaced or cancelled"),
            new(Submitted, Signed, "co-signed"),
            new(Submitted, Prepared, "the owner's signature is wrong"),
            new(Submitted, Finalized, "found on chain"),
            new(Submitted, Failed, "found on chain, failed"),
            new(Submitted, Expired, "never completely signed"),
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
            new(Expired, Finalized, TransitionCause.AdoptedAfterRestore),
            new(Expired, Failed, TransitionCause.AdoptedAfterRestore),
            new(Failed, Finalized, TransitionCause.AdoptedAfterRestore),
            new(Withdrawn, Finalized, TransitionCause.AdoptedAfterRestore),
            new(Withdrawn, Failed, TransitionCause.AdoptedAfterRestore)
        );
}
