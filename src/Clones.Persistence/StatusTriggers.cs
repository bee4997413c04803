using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Webhooks;

namespace Clones.Persistence;

/// <summary>
/// The transition tables of <see cref="Domain"/> as triggers: the database rejects a change of a status that none of them lists, whoever makes
/// it, by whatever statement. A migration that changes a table runs <see cref="Create"/> again.
/// </summary>
internal static class StatusTriggers
{
    /// <summary>By table of the database, and the rows of it that are meant.</summary>
    private static readonly (string Table, string Rows, string Subject, string Changes)[] Tables =
    [
        ("payments", "true", PaymentTransitions.Table.Subject, ChangesOf(PaymentTransitions.Table)),
        ("transactions", "NEW.kind = 'PAYMENT'", TransactionTransitions.OfPayments.Subject, ChangesOf(TransactionTransitions.OfPayments)),
        (
            "transactions",
            "NEW.kind <> 'PAYMENT'",
            TransactionTransitions.OfDeployments.Subject,
            ChangesOf(TransactionTransitions.OfDeployments)
        ),
        ("transaction_attempts", "true", AttemptTransitions.Table.Subject, ChangesOf(AttemptTransitions.Table)),
        ("webhook_deliveries", "true", WebhookDeliveryTransitions.Table.Subject, ChangesOf(WebhookDeliveryTransitions.Table)),
    ];

    /// <summary>Makes the function and triggers, or replaces them. A legal change calls no function: there are several of each payment.</summary>
    public static string Create() =>
        $$"""
            CREATE OR REPLACE FUNCTION reject_illegal_status() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                RAISE EXCEPTION 'the status of this % cannot change from % to %', TG_ARGV[0], OLD.status, NEW.status
                    USING ERRCODE = 'check_violation';
            END $body$;

            {{string.Join("\n", Tables.Select(TriggerOf))}}
            """;

    private static string TriggerOf((string Table, string Rows, string Subject, string Changes) t) =>
        $$"""
            CREATE OR REPLACE TRIGGER {{NameOf(t.Subject)}} BEFORE UPDATE OF status ON {{t.Table}} FOR EACH ROW
                WHEN (OLD.status <> NEW.status AND {{t.Rows}} AND OLD.status || '>' || NEW.status <> ALL ('{{{t.Changes}}}'::text[]))
                EXECUTE FUNCTION reject_illegal_status('{{t.Subject}}');
            """;

    private static string NameOf(string subject) => $"{subject.Replace(' ', '_')}_status";

    private static string ChangesOf<TStatus>(TransitionTable<TStatus> table)
        where TStatus : struct, Enum =>
        string.Join(
            ',',
            table
                .Transitions.Where(t => t.From is not null)
                .Select(t => $"{UpperSnakeCase.From(t.From!.Value)}>{UpperSnakeCase.From(t.To)}")
        );
}
