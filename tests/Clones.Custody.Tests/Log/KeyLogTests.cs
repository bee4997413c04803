using Clones.Custody.Audit;
using Clones.Domain.Keys;
using Clones.Persistence.Keys;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Custody.Tests.Log;

public sealed class KeyLogTests(KeyLogDatabase databases) : IClassFixture<KeyLogDatabase>
{
    [Fact]
    public async Task A_log_begins_with_its_beginning_and_every_row_follows_the_one_before()
    {
        await using var db = (await databases.CreateAsync())();
        await KeyLogDatabase.AddAsync(db, KeyLogDatabase.Event(), KeyLogDatabase.Event(detail: "ü, and a quote '"));
        (await db.KeyEvents.AsNoTracking().CountAsync(e => e.Sequence == null)).ShouldBe(2, "they are not in the chain yet");

        (await db.LinkKeyEventsAsync(10, mustWait: true, CancellationToken.None)).ShouldBe(2);

        var rows = await db.KeyEvents.AsNoTracking().OrderBy(e => e.Sequence).ToListAsync();
        rows.Select(r => r.Sequence).ShouldBe([1, 2, 3]);
        rows[0].Kind.ShouldBe(KeyEventKind.LogBegun);
        rows[0].PreviousHash.ShouldBe(KeyEventChain.Origin);
        rows.Select(r => r.Hash).ShouldBe(rows.Select(KeyEventChain.HashOf));
        rows[2].PreviousHash.ShouldBe(rows[1].Hash);
    }

    [Fact]
    public async Task Many_writers_at_once_make_one_chain_without_gaps_and_who_rolls_back_leaves_none()
    {
        var open = await databases.CreateAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(WriteAsync));

        await using var db = open();
        var (head, findings) = await KeyLogDatabase.AuditAsync(db);
        head.Sequence.ShouldBe(1 + (8 * 20));
        findings.ShouldBeEmpty();

        async Task WriteAsync(int writer)
        {
            await using var own = open();
            for (var i = 0; i < 15; i++)
            {
                await using var transaction = await own.Database.BeginTransactionAsync();
                await KeyLogDatabase.AddAsync(own, KeyLogDatabase.Event(KeyEventKind.Failed), KeyLogDatabase.Event(KeyEventKind.Failed));
                await (i % 3 == 0 ? transaction.RollbackAsync() : transaction.CommitAsync());
            }
        }
    }

    [Fact]
    public async Task Who_writes_to_the_log_waits_for_nobody_who_brings_it_into_its_chain()
    {
        var open = await databases.CreateAsync();
        await using var linking = open();
        await using var writing = open();
        await using var commit = await linking.Database.BeginTransactionAsync();
        await linking.LinkKeyEventsAsync(10, mustWait: true, CancellationToken.None);

        await KeyLogDatabase.AddAsync(writing, KeyLogDatabase.Event());

        (await writing.LinkKeyEventsAsync(10, mustWait: false, CancellationToken.None)).ShouldBe(0, "another does it");
        await commit.CommitAsync();
        (await writing.LinkKeyEventsAsync(10, mustWait: false, CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task A_flood_is_linked_in_groups_and_is_one_chain()
    {
        await using var db = (await databases.CreateAsync())();
        await KeyLogDatabase.AddAsync(db, Enumerable.Range(0, 25).Select(_ => KeyLogDatabase.Event(KeyEventKind.Failed)));

        (await db.LinkKeyEventsAsync(10, mustWait: false, CancellationToken.None)).ShouldBe(10);

        var (head, findings) = await KeyLogDatabase.AuditAsync(db);
        head.Sequence.ShouldBe(26);
        findings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UPDATE wallet_key_events SET detail = 'another'")]
    [InlineData("UPDATE wallet_key_events SET sequence = NULL")]
    [InlineData(
        "UPDATE wallet_key_events SET sequence = 2, previous_hash = repeat('a', 64), hash = repeat('b', 64) WHERE sequence IS NULL"
    )]
    [InlineData(
        """
            UPDATE wallet_key_events e SET detail = 'another', sequence = 2, previous_hash = first.hash, hash = wallet_key_events_hash(e)
            FROM wallet_key_events first WHERE first.sequence = 1 AND e.sequence IS NULL
            """
    )]
    [InlineData("DELETE FROM wallet_key_events")]
    [InlineData("TRUNCATE wallet_key_events")]
    public async Task Rows_are_added_and_never_changed(string sql)
    {
        await using var db = (await databases.CreateAsync())();
        await KeyLogDatabase.AddAsync(db, KeyLogDatabase.Event());
        (await Should.ThrowAsync<Exception>(() => db.Database.ExecuteSqlRawAsync(sql))).Message.ShouldContain("append-only");
    }

    [Theory]
    [InlineData("UPDATE wallet_key_events SET detail = 'another' WHERE sequence = 3", "row 3: was changed")]
    [InlineData(
        "UPDATE wallet_key_events SET occurred_at = occurred_at + interval '1 microsecond' WHERE sequence = 2",
        "row 2: was changed"
    )]
    [InlineData("UPDATE wallet_key_events SET key_id = gen_random_uuid() WHERE sequence = 4", "row 4: was changed")]
    [InlineData("DELETE FROM wallet_key_events WHERE sequence = 3", "row 4: follows 2: 1 rows are missing")]
    [InlineData("DELETE FROM wallet_key_events WHERE sequence = 1", "row 2: follows 0: 1 rows are missing")]
    [InlineData("UPDATE wallet_key_events SET hash = repeat('a', 64) WHERE sequence = 3", "row 4: does not follow the row before it")]
    [InlineData("DELETE FROM wallet_key_events", "the log: is empty")]
    public async Task What_was_changed_behind_its_back_shows(string sql, string finding)
    {
        await using var db = (await databases.CreateAsync())();
        await KeyLogDatabase.AddAsync(db, Enumerable.Range(0, 4).Select(_ => KeyLogDatabase.Event(KeyEventKind.Failed)));
        (await KeyLogDatabase.AuditAsync(db)).Findings.ShouldBeEmpty();

        await KeyLogDatabase.TamperAsync(db, sql);
        (await KeyLogDatabase.AuditAsync(db)).Findings.ShouldContain(f => f.StartsWith(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_was_cut_off_or_rewritten_shows_to_who_has_written_down_a_head()
    {
        await using var db = (await databases.CreateAsync())();
        await KeyLogDatabase.AddAsync(db, KeyLogDatabase.Event(KeyEventKind.Failed), KeyLogDatabase.Event(KeyEventKind.Failed));
        var (before, _) = await KeyLogDatabase.AuditAsync(db);
        await KeyLogDatabase.AddAsync(db, KeyLogDatabase.Event(KeyEventKind.Failed));
        (await KeyLogDatabase.AuditAsync(db, before)).Findings.ShouldBeEmpty("the log has grown, and still has it");
        KeyLogAnchor.Parse(before.ToString()).ShouldBe(before);

        await KeyLogDatabase.TamperAsync(db, "DELETE FROM wallet_key_events WHERE sequence >= 3");
        (await KeyLogDatabase.AuditAsync(db)).Findings.ShouldBeEmpty("what is left is a chain");
        await KeyLogDatabase.AddAsync(db, KeyLogDatabase.Event(KeyEventKind.Failed, "forged"));
        (await KeyLogDatabase.AuditAsync(db, before)).Findings.ShouldHaveSingleItem().ShouldContain("no longer has the row 3:");
    }

    [Fact]
    public async Task An_opening_without_a_transaction_and_one_without_a_signature_show()
    {
        await using var db = (await databases.CreateAsync())();
        await KeyLogDatabase.AddAsync(
            db,
            KeyLogDatabase.Event(KeyEventKind.Opened),
            KeyLogDatabase.Event(KeyEventKind.Opened, transaction: Guid.CreateVersion7())
        );
        var (_, findings) = await KeyLogDatabase.AuditAsync(db);
        findings.ShouldContain("row 2: an opening without a transaction");
        findings.ShouldContain(f => f.Contains("was opened 1 times for 0 signatures"));
    }
}
