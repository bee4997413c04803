using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Tests;

public sealed class SagaRepositoryTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    [Fact]
    public async Task Events_of_one_instance_at_once_lose_no_update()
    {
        await using var host = await StartAsync();
        var counter = NewId.NextGuid();
        await host.Bus.Publish(new CounterStarted { CounterId = counter });
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Counters.AnyAsync()), "the counter exists");
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => host.Bus.Publish(new CounterRaised { CounterId = counter, By = 1 })));
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<CounterChanged>().Count == 60), "all changes are heard", seconds: 60);

        var saga = await host.QueryAsync(db => db.Counters.SingleAsync());
        (saga.Value, saga.Version).ShouldBe((60, 61));
        (await host.QueryAsync(db => db.Notes.CountAsync())).ShouldBe(61);
    }

    [Fact]
    public async Task First_events_at_once_make_one_instance()
    {
        await using var host = await StartAsync();
        var counters = NewId.NextGuid(5);
        await Task.WhenAll(
            counters.SelectMany(c => Enumerable.Repeat(c, 8)).Select(c => host.Bus.Publish(new CounterStarted { CounterId = c }))
        );
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Inbox.CountAsync()) == 40, "all are handled", seconds: 60);

        (await host.QueryAsync(db => db.Counters.CountAsync())).ShouldBe(5);
        // The activity of the first event runs in the winner's transaction alone.
        (await host.QueryAsync(db => db.Notes.CountAsync())).ShouldBe(5);
    }

    [Fact]
    public async Task A_failed_event_leaves_the_instance_as_it_was_and_succeeds_on_retry()
    {
        await using var host = await StartAsync();
        var counter = NewId.NextGuid();
        await host.Bus.Publish(new CounterStarted { CounterId = counter });
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Counters.AnyAsync()), "the counter exists");
        await host.Bus.Publish(
            new CounterRaised
            {
                CounterId = counter,
                By = 5,
                FailFirst = 1,
            }
        );
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<CounterChanged>().Count == 1), "the change is heard");

        (await host.QueryAsync(db => db.Counters.SingleAsync())).Value.ShouldBe(5);
        (await host.QueryAsync(db => db.Notes.CountAsync())).ShouldBe(2);
    }

    private async Task<MessagingHost> StartAsync() =>
        await MessagingHost.StartAsync(await MessagingHost.CreateStoreAsync(postgres), await rabbit.CreateVirtualHostAsync());
}
