using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Messaging.Tests;

public sealed class InboxTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    [Fact]
    public async Task A_message_that_comes_twice_is_handled_once_and_not_skipped()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        var id = NewId.NextGuid();
        for (var i = 0; i < 5; i++)
        {
            await host.Bus.Publish(new NoteTaken { Text = "once" }, x => x.MessageId = id);
        }

        await host.Bus.Publish(new NoteTaken { Text = "last" });
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<NoteStored>().Any(x => x.Text == "last")), "the last note is heard");
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Outbox.CountAsync()) == 0, "the outbox is empty");

        (await host.CountNotesAsync("once")).ShouldBe(1);
        host.Log.Heard<NoteStored>().Count(x => x.Text == "once").ShouldBe(1);
    }

    [Fact]
    public async Task Saga_events_that_come_twice_change_the_instance_once()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        var counter = NewId.NextGuid();
        await host.Bus.Publish(new CounterStarted { CounterId = counter });
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Counters.AnyAsync()), "the counter exists");
        var id = NewId.NextGuid();
        for (var i = 0; i < 5; i++)
        {
            await host.Bus.Publish(new CounterRaised { CounterId = counter, By = 7 }, x => x.MessageId = id);
        }

        await host.Bus.Publish(new CounterRaised { CounterId = counter, By = 1 });
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<CounterChanged>().Count >= 2), "both changes are heard");

        var saga = await host.QueryAsync(db => db.Counters.SingleAsync());
        saga.Value.ShouldBe(8);
        saga.Version.ShouldBe(3);
        (await host.QueryAsync(db => db.Notes.CountAsync())).ShouldBe(3);
        host.Log.Heard<CounterChanged>().Count.ShouldBe(2);
        host.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_redelivered_copy_under_a_new_id_is_the_message_it_was()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        var original = NewId.NextGuid();
        await host.Bus.Publish(new NoteTaken { Text = "again" }, x => x.MessageId = original);
        await host.UntilAsync(async () => await host.CountNotesAsync("again") == 1, "it is handled");
        await host.Bus.Publish(new NoteTaken { Text = "again" }, x => x.Headers.Set(MessageHeaders.OriginalMessageId, original.ToString()));
        await host.Bus.Publish(
            new NoteTaken { Text = "forged header" },
            x => x.Headers.Set(MessageHeaders.OriginalMessageId, "'; drop table inbox_state; --")
        );
        await host.UntilAsync(async () => await host.CountNotesAsync("forged header") == 1, "the one with a senseless header is handled");
        await host.Bus.Publish(new NoteTaken { Text = "last" });
        await host.UntilAsync(async () => await host.CountNotesAsync("last") == 1, "the last is handled");
        (await host.CountNotesAsync("again")).ShouldBe(1);
    }
}
