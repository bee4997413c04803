using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;

namespace Clones.Chaos.Audit;

/// <summary>Whether a change of a status that the database has seen is one of the transition tables. No database is restored in a chaos run.</summary>
internal static class LegalChanges
{
    public static bool Allows(StatusChange change) =>
        change.What switch
        {
            "transactions" => Allows(TransactionTransitions.Of(Of<TransactionKind>(change.Kind)), change),
            "transaction_attempts" => Allows(AttemptTransitions.Table, change),
            "payments" => Allows(PaymentTransitions.Table, change),
            _ => false,
        };

    private static bool Allows<TStatus>(TransitionTable<TStatus> table, StatusChange change)
        where TStatus : struct, Enum => table.Allows(Of<TStatus>(change.From), Of<TStatus>(change.To), wasRestored: false);

    private static T Of<T>(string text)
        where T : struct, Enum => Enum.GetValues<T>().Single(value => UpperSnakeCase.From(value) == text);
}
