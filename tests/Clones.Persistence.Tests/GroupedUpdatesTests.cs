using Clones.Domain.Transactions;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Tests;

/// <summary>Changes of many rows, written by few statements.</summary>
public sealed class GroupedUpdatesTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly DateTimeOffset Until = DateTimeOffset.UnixEpoch.AddDays(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_that_changed_in_the_same_columns_are_written_together_with_every_kind_of_value()
    {
        await using var db = await MigratedAsync(rows: 3);
        await using var commit = await db.Database.BeginTransactionAsync(Cancellation);
        var transactions = await db.Transactions.OrderBy(t => t.Id).ToListAsync(Cancellation);
        foreach (var transaction in transactions)
        {
            transaction.MoveTo(TransactionStatus.Signed);
            transaction.AttemptNumber = 7;
            transaction.Reason = transaction == transactions[0] ? null : "it's \"so\", {this}\\";
            transaction.LeaseUntil = Until;
        }

        await db.UpdateInGroupsAsync(Cancellation);

        db.ChangeTracker.HasChanges().ShouldBe(true, "the row whose reason did not change is a group of one");
        transactions[1].Status.ShouldBe(TransactionStatus.Signed);
        db.Entry(transactions[1]).State.ShouldBe(EntityState.Unchanged);
        await db.SaveChangesAsync(Cancellation);
        await commit.CommitAsync(Cancellation);
        db.ChangeTracker.Clear();
        (await db.Transactions.OrderBy(t => t.Id).ToListAsync(Cancellation))
            .Select(t => (t.Status, t.AttemptNumber, t.Reason, t.LeaseUntil))
            .ShouldBe([
                (TransactionStatus.Signed, 7, null, Until),
                (TransactionStatus.Signed, 7, "it's \"so\", {this}\\", Until),
                (TransactionStatus.Signed, 7, "it's \"so\", {this}\\", Until),
            ]);
    }

    [Fact]
    public async Task A_row_that_is_gone_fails_all_of_them()
    {
        await using var db = await MigratedAsync(rows: 3);
        await using var commit = await db.Database.BeginTransactionAsync(Cancellation);
        var transactions = await db.Transactions.ToListAsync(Cancellation);
        await db.Database.ExecuteSqlAsync($"DELETE FROM transactions WHERE id = {transactions[1].Id}", Cancellation);
        transactions.ForEach(t => t.WakeUps = 1);

        (await Should.ThrowAsync<DbUpdateConcurrencyException>(() => db.UpdateInGroupsAsync(Cancellation))).Message.ShouldBe(
            "2 of 3 rows of transactions were there to be written."
        );
    }

    [Fact]
    public async Task Without_an_open_transaction_nothing_is_written()
    {
        await using var db = await MigratedAsync(rows: 2);
        (await db.Transactions.ToListAsync(Cancellation)).ForEach(t => t.WakeUps = 1);

        await db.UpdateInGroupsAsync(Cancellation);

        db.ChangeTracker.Entries().ShouldAllBe(e => e.State == EntityState.Modified);
    }

    private async Task<ClonesDbContext> MigratedAsync(int rows)
    {
        var db = await MigratedDatabase.OpenAsync(postgres);
        for (var row = 0; row < rows; row++)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                SET session_replication_role = replica;
                INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups,
                        next_check_at, created_at)
                    VALUES ({Guid.CreateVersion7()}, 'PAYMENT', 'ACCEPTED', {Guid.Empty}, 0, 1, 0, 0, now(), now());
                SET session_replication_role = DEFAULT;
                """,
                Cancellation
            );
        }
        return db;
    }
}
