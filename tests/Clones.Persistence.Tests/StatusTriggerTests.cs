using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Webhooks;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Clones.Persistence.Tests;

/// <summary>The database against the transition tables of Clones.Domain.</summary>
public sealed class StatusTriggerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_database_allows_what_the_tables_list_and_nothing_else()
    {
        await using var db = await MigratedDatabase.OpenAsync(postgres);

        await CompareAsync(db, PaymentTransitions.Table);
        await CompareAsync(db, TransactionTransitions.OfPayments);
        await CompareAsync(db, TransactionTransitions.OfDeployments);
        await CompareAsync(db, AttemptTransitions.Table);
        await CompareAsync(db, WebhookDeliveryTransitions.Table);
    }

    [Fact]
    public async Task A_statement_that_makes_an_illegal_change_is_rejected_and_a_legal_one_is_carried_out()
    {
        await using var db = await MigratedDatabase.OpenAsync(postgres);
        var wallet = Guid.NewGuid();
        await db.Database.ExecuteSqlAsync(
            $"""
            SET session_replication_role = replica;
            INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups, next_check_at, created_at)
                VALUES ({wallet}, 'PAYMENT', 'BROADCAST', {wallet}, 0, 1, 0, 0, now(), now());
            SET session_replication_role = DEFAULT;
            """,
            Cancellation
        );

        var rejected = await Should.ThrowAsync<PostgresException>(() => MoveAsync(TransactionStatus.Accepted));
        rejected.MessageText.ShouldBe("the status of this payment transaction cannot change from BROADCAST to ACCEPTED");
        await MoveAsync(TransactionStatus.Expired);
        (await db.Transactions.AsNoTracking().SingleAsync(Cancellation)).Status.ShouldBe(TransactionStatus.Expired);

        Task<int> MoveAsync(TransactionStatus to) =>
            db.Transactions.ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, to), Cancellation);
    }

    private static async Task CompareAsync<TStatus>(ClonesDbContext db, TransitionTable<TStatus> table)
        where TStatus : struct, Enum
    {
        foreach (var from in Enum.GetValues<TStatus>())
        {
            foreach (var to in Enum.GetValues<TStatus>().Where(to => !to.Equals(from)))
            {
                var (subject, before, after) = (table.Subject, UpperSnakeCase.From(from), UpperSnakeCase.From(to));
                var isLegal = await db
                    .Database.SqlQuery<bool>($"""SELECT status_change_is_legal({subject}, {before}, {after}) AS "Value" """)
                    .SingleAsync(Cancellation);
                isLegal.ShouldBe(table.Allows(from, to), $"{subject}: {before} to {after}");
            }
        }
    }
}
