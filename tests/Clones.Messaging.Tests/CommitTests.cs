using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Tests;

public sealed class CommitTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    // Rejects at the very end, when every statement has succeeded.
    private const string RejectAtCommit = """
        CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rejected at commit'; END $$;
        CREATE CONSTRAINT TRIGGER reject AFTER INSERT ON "Notes" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
            WHEN (NEW."Text" LIKE '%rejected%' OR NEW."Text" LIKE '%started') EXECUTE FUNCTION reject();
        """;

    [Fact]
    public async Task A_commit_that_fails_fails_the_message_with_and_without_an_outbox_row()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateStoreAsync(postgres), broker);
        await host.QueryAsync(db => db.Database.ExecuteSqlRawAsync(RejectAtCommit));
        await host.Bus.Publish(new NoteTaken { Text = "rejected" });
        await host.Bus.Publish(new CounterStarted { CounterId = NewId.NextGuid() });
        await host.UntilAsync(() => rabbit.CountAsync(broker, "note_error", 1), "the note lies in the error queue");
        await host.UntilAsync(() => rabbit.CountAsync(broker, "counter-instance_error", 1), "the event lies in the error queue");

        (await host.QueryAsync(db => db.Notes.CountAsync())).ShouldBe(0);
        (await host.QueryAsync(db => db.Counters.CountAsync())).ShouldBe(0);
        (await host.QueryAsync(db => db.Inbox.CountAsync())).ShouldBe(0);
        host.Log.Heard<NoteStored>().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_consumer_that_swallows_a_failed_statement_does_not_pass_for_committed()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            broker,
            new MessagingHostOptions { Bus = bus => bus.AddConsumer<SwallowingConsumer>() }
        );
        await host.Bus.Publish(new Swallowed());
        await host.UntilAsync(() => rabbit.CountAsync(broker, "swallowing_error", 1), "it lies in the error queue");
        (await host.QueryAsync(db => db.Inbox.CountAsync())).ShouldBe(0);
    }

    public sealed record Swallowed;

    public sealed class SwallowingConsumer(StoreDbContext db) : IConsumer<Swallowed>
    {
        public async Task Consume(ConsumeContext<Swallowed> context)
        {
            try
            {
                await db.Database.ExecuteSqlRawAsync("SELECT 1/0");
            }
            catch (Npgsql.PostgresException)
            {
                // As code does that believes the failure is its own business.
            }
        }
    }
}
