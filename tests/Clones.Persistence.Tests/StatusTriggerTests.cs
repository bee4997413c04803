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

        await db.Database.OpenConnectionAsync(Cancellation);
        await CompareAsync(db, "payments", TransactionKind.Payment, PaymentTransitions.Table);
        await CompareAsync(db, "transactions", TransactionKind.Payment, TransactionTransitions.OfPayments);
        await CompareAsync(db, "transactions", TransactionKind.PoolCreation, TransactionTransitions.OfDeployments);
        await CompareAsync(db, "transaction_attempts", TransactionKind.Payment, AttemptTransitions.Table);
        await CompareAsync(db, "webhook_deliveries", TransactionKind.Payment, WebhookDeliveryTransitions.Table);
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

    /// <summary>Makes every change of a row in a table with the same columns and triggers, and nothing that refers to other rows.</summary>
    private static async Task CompareAsync<TStatus>(
        ClonesDbContext db,
        string name,
        TransactionKind ofTransactions,
        TransitionTable<TStatus> table
    )
        where TStatus : struct, Enum
    {
        var triggers = await db
            .Database.SqlQuery<string>(
                $"""
                SELECT pg_get_triggerdef(oid) AS "Value" FROM pg_trigger
                WHERE tgrelid = {name}::regclass AND tgfoid = 'reject_illegal_status'::regproc
                """
            )
            .ToListAsync(Cancellation);
        triggers.ShouldNotBeEmpty();
        await RunAsync($"CREATE TEMP TABLE probe AS TABLE {name} WITH NO DATA; ALTER TABLE probe ADD COLUMN IF NOT EXISTS kind text");
        foreach (var trigger in triggers)
        {
            trigger.ShouldContain($"ON public.{name} ");
            await RunAsync(trigger.Replace($"ON public.{name} ", "ON probe ", StringComparison.Ordinal));
        }
        foreach (var from in Enum.GetValues<TStatus>())
        {
            foreach (var to in Enum.GetValues<TStatus>().Where(to => !to.Equals(from)))
            {
                var (before, after, kind) = (UpperSnakeCase.From(from), UpperSnakeCase.From(to), UpperSnakeCase.From(ofTransactions));
                await RunAsync($"TRUNCATE probe; INSERT INTO probe (status, kind) VALUES ('{before}', '{kind}')");
                (await IsMadeAsync(after)).ShouldBe(table.Allows(from, to), $"{table.Subject}: {before} to {after}");
            }
        }
        await RunAsync("DROP TABLE probe");

        async Task<bool> IsMadeAsync(string after)
        {
            try
            {
                await RunAsync($"UPDATE probe SET status = '{after}'");
                return true;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
            {
                return false;
            }
        }

        async Task RunAsync(string sql)
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            await command.ExecuteNonQueryAsync(Cancellation);
        }
    }
}
