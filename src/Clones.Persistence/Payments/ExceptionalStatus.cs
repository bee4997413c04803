using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Persistence.Transactions;

namespace Clones.Persistence.Payments;

/// <summary>
/// Finds payments by status without an index of the status. Each payment changes it several times, and PostgreSQL would write an entry into every
/// index of the table each time (storage-hot.html, "Heap-Only Tuples"): that was half of what a payment cost the database. Instead the few statuses
/// in which payments stay stand in a column of their own, which the database computes and which of most payments never changes; what is on its
/// way is found by its transaction. The model does not know the column, so that nothing reads it back.
/// </summary>
internal static class ExceptionalStatus
{
    /// <summary>Waiting, failed, and what a person has to look at.</summary>
    private static readonly PaymentStatus[] All = [PaymentStatus.WaitingForFunds, PaymentStatus.Failed, PaymentStatus.Unresolved];

    public static string Create =>
        $"""
            ALTER TABLE payments ADD COLUMN exceptional_status text
                GENERATED ALWAYS AS (CASE WHEN status IN {SqlText.ListOf(All)} THEN status END) STORED;
            CREATE INDEX ix_payments_exceptional_status_id ON payments (exceptional_status, id) WHERE exceptional_status IS NOT NULL;
            CREATE INDEX ix_payments_waiting ON payments (wallet_id) WHERE exceptional_status = 'WAITING_FOR_FUNDS';
            """;

    /// <returns>What of a payment <c>p</c> an index knows, beside the status itself; null where nearly all payments have it.</returns>
    public static string? ConditionOf(PaymentStatus status) =>
        All.Contains(status) ? $"p.exceptional_status = '{UpperSnakeCase.From(status)}'"
        : status == PaymentStatus.Completed ? null
        // An array, so that it is found first, whatever the planner thinks of how many there are.
        : $"p.transaction_id = ANY (ARRAY(SELECT id FROM transactions WHERE status NOT IN {StatusLists.Ends} AND kind = 'PAYMENT'))";
}
