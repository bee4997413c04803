using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;

namespace Clones.Chaos.Audit;

/// <summary>Which changes of a status settlement allows (docs/settlement.md). Pure.</summary>
internal static class LegalChanges
{
    public static bool Allows(StatusChange change) =>
        change.What switch
        {
            "transactions" => Transaction(
                Of<TransactionKind>(change.Kind),
                Of<TransactionStatus>(change.From),
                Of<TransactionStatus>(change.To)
            ),
            "transaction_attempts" => Attempt(Of<AttemptStatus>(change.From), Of<AttemptStatus>(change.To)),
            // What has ended stays as it is.
            "payments" => Of<PaymentStatus>(change.From) is not (PaymentStatus.Completed or PaymentStatus.Failed),
            _ => false,
        };

    private static bool Transaction(TransactionKind kind, TransactionStatus from, TransactionStatus to) =>
        from switch
        {
            TransactionStatus.Finalized or TransactionStatus.Failed or TransactionStatus.Cancelled => false,
            TransactionStatus.Accepted or TransactionStatus.Expired => to is TransactionStatus.Signed or TransactionStatus.Failed
                // The owner may give up while nothing is live, may sign too late and be asked anew, and what is on chain is adopted.
                || kind != TransactionKind.Payment && to is not (TransactionStatus.Broadcast or TransactionStatus.Confirmed),
            _ => to is not (TransactionStatus.Accepted or TransactionStatus.Signed or TransactionStatus.Cancelled),
        };

    private static bool Attempt(AttemptStatus from, AttemptStatus to) =>
        from switch
        {
            AttemptStatus.Prepared => to is AttemptStatus.Submitted or AttemptStatus.Withdrawn,
            AttemptStatus.Submitted => to is AttemptStatus.Signed or AttemptStatus.Expired,
            AttemptStatus.Finalized or AttemptStatus.Failed or AttemptStatus.Expired or AttemptStatus.Withdrawn => false,
            _ => to is not (AttemptStatus.Prepared or AttemptStatus.Submitted or AttemptStatus.Withdrawn or AttemptStatus.Signed),
        };

    private static T Of<T>(string text)
        where T : struct, Enum => Enum.GetValues<T>().Single(value => UpperSnakeCase.From(value) == text);
}
