using Clones.Messaging.Outbox;
using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Messaging.Tests;

public sealed class OutboxTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    [Fact]
    public async Task A_consumer_that_fails_leaves_neither_rows_nor_messages_nor_a_mark_and_ends_in_the_error_queue()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await MessagingHost.StartAsync(await MessagingHost.CreateStoreAsync(postgres), broker);
        await host.Bus.Publish(new NoteTaken { Text = NoteConsumer.Poison });
        await host.Bus.Publish(new NoteTaken { Text = "behind it" });
        await host.UntilAsync(() => rabbit.CountAsync(broker, "note_error", 1), "the poison lies in the error queue");
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<NoteStored>().Count > 0), "the good one is heard");

        host.Log.Heard<NoteStored>().ShouldHaveSingleItem().Text.ShouldBe("behind it");
        (await host.CountNotesAsync(NoteConsumer.Poison)).ShouldBe(0);
        (await host.QueryAsync(db => db.Inbox.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task Row_2_what_a_killed_process_committed_is_delivered_by_the_sweeper_of_another()
    {
        var store = await MessagingHost.CreateStoreAsync(postgres);
        var broker = await rabbit.CreateVirtualHostAsync();
        await using (var dying = await MessagingHost.StartAsync(store, broker, NoDelivery))
        {
            await dying.Bus.Publish(new NoteTaken { Text = "left behind" });
            await dying.UntilAsync(async () => await dying.CountNotesAsync("left behind") == 1, "the note is committed");
            dying.Log.Heard<NoteStored>().ShouldBeEmpty();
            // As a process leaves it that dies between commit and delivery: under its lease.
            await dying.QueryAsync(db =>
                db.Outbox.ExecuteUpdateAsync(x =>
                    x.SetProperty(m => m.LeaseOwner, Guid.NewGuid()).SetProperty(m => m.AvailableAt, m => m.SentTime.AddSeconds(4))
                )
            );
        }
        await using var other = await MessagingHost.StartAsync(store, broker);
        await other.UntilAsync(() => Task.FromResult(other.Log.Heard<NoteStored>().Count == 1), "another process delivers");
        await other.UntilAsync(async () => !await other.QueryAsync(db => db.Outbox.AnyAsync()), "the row is gone");
    }

    [Fact]
    public async Task Messages_of_one_saga_reach_the_broker_in_the_order_of_its_changes()
    {
        var store = await MessagingHost.CreateStoreAsync(postgres);
        var broker = await rabbit.CreateVirtualHostAsync();
        // Two processes take turns with the same instances.
        await using var host = await MessagingHost.StartAsync(store, broker);
        await using var second = await MessagingHost.StartAsync(store, broker);
        var counters = NewId.NextGuid(3);
        foreach (var counter in counters)
        {
            await host.Bus.Publish(new CounterStarted { CounterId = counter });
        }

        await host.UntilAsync(async () => await host.QueryAsync(db => db.Counters.CountAsync()) == counters.Length, "all counters exist");

        await Task.WhenAll(
            counters.SelectMany(c => Enumerable.Repeat(c, 40)).Select(c => host.Bus.Publish(new CounterRaised { CounterId = c, By = 1 }))
        );
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<CounterChanged>().Count >= 120), "all changes are heard", seconds: 60);

        foreach (var counter in counters)
        {
            host.Log.Heard<CounterChanged>().Where(x => x.CounterId == counter).Select(x => x.Value).ShouldBe(Enumerable.Range(1, 40));
        }
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_backs_off_and_holds_up_no_other()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        await PublishAsync(host, "impossible", c => c.DestinationAddress = new Uri("nowhere://at/all"));
        await PublishAsync(host, "possible");
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<NoteStored>().Count > 0), "the possible one is heard");
        OutboxMessage? row = null;
        await host.UntilAsync(
            async () =>
                (row = await host.QueryAsync(db => db.Outbox.FirstOrDefaultAsync(x => x.Attempts > 0 && x.LeaseOwner == null))) is not null,
            "the failure is written down"
        );

        row!.Attempts.ShouldBeInRange(1, 3);
        row.LastError.ShouldNotBeNullOrEmpty();
        row.AvailableAt.ShouldBeGreaterThan(row.SentTime.AddSeconds(1.9));
        host.Log.Heard<NoteStored>().ShouldHaveSingleItem().Text.ShouldBe("possible");
    }

    [Fact]
    public async Task Published_outside_of_a_consumer_a_message_is_sent_only_with_SaveChanges()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync(),
            NoDelivery
        );
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<StoreDbContext>();
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new NoteStored { Text = "saved" });
            (await db.Outbox.AnyAsync()).ShouldBeFalse();
            db.Notes.Add(new Note { Id = NewId.NextGuid(), Text = "saved" });
            await db.SaveChangesAsync();
        }
        var row = await host.QueryAsync(db => db.Outbox.SingleAsync());
        row.MessageType.ShouldContain(nameof(NoteStored));
        row.Body.ShouldContain("saved");
        host.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_publish_that_nobody_saves_is_told_in_the_log()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<IPublishEndpoint>().Publish(new NoteStored { Text = "forgotten" });
        }

        host.Log.Lines.ShouldHaveSingleItem().ShouldContain("published but never saved");
    }

    [Fact]
    public async Task A_transaction_of_the_callers_own_decides_over_the_messages()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        foreach (var commit in (bool[])[false, true])
        {
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StoreDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await scope
                .ServiceProvider.GetRequiredService<IPublishEndpoint>()
                .Publish(new NoteStored { Text = commit ? "kept" : "dropped" });
            await db.SaveChangesAsync();
            if (commit)
            {
                await transaction.CommitAsync();
            }
            else
            {
                await transaction.RollbackAsync();
            }
        }
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<NoteStored>().Count > 0), "the kept one is heard");
        await host.UntilAsync(async () => !await host.QueryAsync(db => db.Outbox.AnyAsync()), "the outbox is empty");
        host.Log.Heard<NoteStored>().ShouldHaveSingleItem().Text.ShouldBe("kept");
    }

    [Fact]
    public async Task A_host_that_stops_sends_first_what_it_has_committed()
    {
        var store = await MessagingHost.CreateStoreAsync(postgres);
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var listening = await MessagingHost.StartAsync(
            store,
            broker,
            new MessagingHostOptions { Consumers = false, Outbox = o => o.UseBusOutbox(x => x.DisableDeliveryService()) }
        );
        await using (var stopping = await MessagingHost.StartAsync(store, broker))
        {
            for (var i = 0; i < 50; i++)
            {
                await PublishAsync(stopping, $"{i}");
            }
        }

        await listening.UntilAsync(() => Task.FromResult(listening.Log.Heard<NoteStored>().Count == 50), "all fifty are heard");
        await listening.UntilAsync(async () => !await listening.QueryAsync(db => db.Outbox.AnyAsync()), "the outbox is empty");
    }

    [Fact]
    public async Task Ids_headers_and_addresses_survive_the_outbox()
    {
        var heard = new TaskCompletionSource<ConsumeContext<NoteStored>>();
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync(),
            new MessagingHostOptions { Bus = bus => bus.AddHandler<NoteStored>(context => Task.FromResult(heard.TrySetResult(context))) }
        );
        var (message, correlation, conversation, request) = (NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid(), NewId.NextGuid());
        await PublishAsync(
            host,
            "all of it",
            c =>
            {
                c.MessageId = message;
                c.CorrelationId = correlation;
                c.ConversationId = conversation;
                c.RequestId = request;
                c.ResponseAddress = new Uri("queue:answers");
                c.FaultAddress = new Uri("queue:faults");
                c.Headers.Set("tenant", "seven");
                c.Headers.Set("weight", 12);
            }
        );
        var context = await heard.Task.WaitAsync(TimeSpan.FromSeconds(20));
        context.MessageId.ShouldBe(message);
        context.CorrelationId.ShouldBe(correlation);
        context.ConversationId.ShouldBe(conversation);
        context.RequestId.ShouldBe(request);
        context.ResponseAddress!.ToString().ShouldContain("answers");
        context.FaultAddress!.ToString().ShouldContain("faults");
        context.Headers.Get<string>("tenant").ShouldBe("seven");
        context.Headers.Get<int>("weight").ShouldBe(12);
    }

    [Fact]
    public async Task A_delayed_message_waits_in_the_database()
    {
        await using var host = await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            await rabbit.CreateVirtualHostAsync()
        );
        await PublishAsync(host, "later", c => c.Delay = TimeSpan.FromSeconds(1.5));
        await PublishAsync(host, "now");
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<NoteStored>().Count == 2), "both are heard");
        host.Log.Heard<NoteStored>().Select(x => x.Text).ShouldBe(["now", "later"]);
    }

    private static MessagingHostOptions NoDelivery => new() { Outbox = o => o.UseBusOutbox(x => x.DisableDeliveryService()) };

    private static async Task PublishAsync(MessagingHost host, string text, Action<PublishContext<NoteStored>>? configure = null)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope
            .ServiceProvider.GetRequiredService<IPublishEndpoint>()
            .Publish(new NoteStored { Text = text }, c => configure?.Invoke(c));
        await scope.ServiceProvider.GetRequiredService<StoreDbContext>().SaveChangesAsync();
    }
}
