using static Clones.Domain.Payments.PaymentStatus;

namespace Clones.Domain.Payments;

public static class PaymentTransitions
{
    public static TransitionTable<PaymentStatus> Table { get; } =
        new(
            "payment",
            new(null, WaitingForFunds, "accepted without funds"),
            new(null, Accepted, "accepted and reserved"),
            new(WaitingForFunds, Accepted, "reserved"),
            new(WaitingForFunds, Failed, "rejected"),
            new(Accepted, Submitted, "signed"),
            new(Accepted, Completed, "found on chain"),
            new(Accepted, Failed, "cannot be executed"),
            new(Submitted, Confirmed, "confirmed"),
            new(Submitted, Completed, "finalized"),
            new(Submitted, Failed, "failed on chain"),
            new(Submitted, Unresolved, "evidence is missing"),
            new(Submitted, Accepted, "expired, or failed together with others"),
            new(Confirmed, Submitted, "rolled back"),
            new(Confirmed, Completed, "finalized"),
            new(Confirmed, Failed, "failed on chain"),
            new(Confirmed, Unresolved, "evidence contradicts"),
            new(Confirmed, Accepted, "expired, or failed together with others"),
            new(Unresolved, Submitted, "in flight again"),
            new(Unresolved, Confirmed, "confirmed"),
            new(Unresolved, Completed, "finalized"),
            new(Unresolved, Failed, "failed on chain"),
            new(Unresolved, Accepted, "expired, or failed together with others")
        );
}
