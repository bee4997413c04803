using Clones.Messaging.Sagas;
using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Messaging.Tests;

public sealed class OptimisticSagaTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    private const string ErrorQueue = "tally-instance_error";

    [Fact]
    public async Task Events_that_come_together_lose_nothing_and_are_told_in_order()
    {
        await using var host = await StartAsync();
        var tallies = NewId.NextGuid(30);
        await AddAsync(host, Enumerable.Range(0, 11).SelectMany(_ => tallies));
        await host.UntilAsync(
            async () => host.Log.Heard<CounterChanged>().Count >= 22 * tallies.Length && !await host.QueryAsync(db => db.Outbox.AnyAsync()),
            "all changes are heard, the outbox is empty",
            seconds: 60
        );

        var stored = await host.QueryAsync(db => db.Tallies.AsNoTracking().ToListAsync());
        stored.Count.ShouldBe(tallies.Length);
        stored.ShouldAllBe(x => x.Version == 11 && x.Value == 11 && x.Share == 2.75m && x.Remark == "odd" && x.Kind == TallyKind.Fancy);
        stored.ShouldAllBe(x => x.ChangedAt == DateTime.UnixEpoch.AddSeconds(11) && x.SeenAt == DateTimeOffset.UnixEpoch.AddSeconds(11));
        stored.ShouldAllBe(x => x.Seal!.Single() == 11 && x.CurrentState == "Counting");
        (await host.QueryAsync(db => db.Inbox.CountAsync())).ShouldBe(11 * tallies.Length);
        foreach (var heard in host.Log.Heard<CounterChanged>().GroupBy(x => x.CounterId))
        {
            heard.Select(x => (x.Value, x.Part)).ShouldBe(Enumerable.Range(1, 11).SelectMany(x => new[] { (x, 1), (x, 2) }));
        }

        host.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_processes_lose_no_update_of_one_instance()
    {
        var (store, broker) = (await MessagingHost.CreateStoreAsync(postgres), await rabbit.CreateVirtualHostAsync());
        await using var one = await StartAsync(store, broker);
        await using var other = await StartAsync(store, broker);
        var tally = NewId.NextGuid();
        await AddAsync(one, Enumerable.Repeat(tally, 80));
        await one.UntilAsync(async () => await one.QueryAsync(db => db.Inbox.CountAsync()) == 80, "all are handled", seconds: 60);

        var stored = await one.QueryAsync(db => db.Tallies.SingleAsync());
        (stored.Value, stored.Version).ShouldBe((80, 80));
        await one.UntilAsync(() => Task.FromResult(one.Log.Heard<CounterChanged>().Count == 160), "all changes are heard");
        one.Log.Heard<CounterChanged>()
            .Select(x => (x.Value, x.Part))
            .ShouldBe(Enumerable.Range(1, 80).SelectMany(x => new[] { (x, 1), (x, 2) }));
        (await rabbit.CountAsync(broker, ErrorQueue, 0)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_that_comes_twice_changes_the_instance_once_even_when_that_is_gone()
    {
        await using var host = await StartAsync();
        var (tally, id) = (NewId.NextGuid(), NewId.NextGuid());
        for (var i = 0; i < 5; i++)
        {
            await host.Bus.Publish(new TallyAdded { TallyId = tally, By = 7 }, x => x.MessageId = id);
        }

        await AddAsync(host, [tally]);
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Tallies.AnyAsync(x => x.Value == 8)), "it counts 8");
        await host.Bus.Publish(new TallyClosed { TallyId = tally });
        await host.UntilAsync(async () => !await host.QueryAsync(db => db.Tallies.AnyAsync()), "it is gone");
        await host.Bus.Publish(new TallyAdded { TallyId = tally, By = 7 }, x => x.MessageId = id);
        var next = NewId.NextGuid();
        await AddAsync(host, [next]);
        await host.UntilAsync(
            async () => await host.QueryAsync(db => db.Tallies.AnyAsync(x => x.CorrelationId == next)),
            "the next exists"
        );

        (await host.QueryAsync(db => db.Tallies.CountAsync())).ShouldBe(1);
        host.Log.Heard<CounterChanged>().Count(x => x.CounterId == tally).ShouldBe(4);
        host.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_id_that_comes_again_with_another_content_is_rejected()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await StartAsync(await MessagingHost.CreateStoreAsync(postgres), broker);
        var id = NewId.NextGuid();
        // At once, so that both are in one group where that can be: of another instance, so that they do not take turns.
        await Task.WhenAll(
            NewId.NextGuid(6).Select(tally => host.Bus.Publish(new TallyAdded { TallyId = tally, By = 1 }, x => x.MessageId = id))
        );
        await host.UntilAsync(() => rabbit.CountAsync(broker, ErrorQueue, 5), "all others lie in the error queue");

        (await host.QueryAsync(db => db.Tallies.CountAsync())).ShouldBe(1);
        (await host.QueryAsync(db => db.Inbox.CountAsync())).ShouldBe(1);
    }

    [Fact]
    public async Task First_events_at_once_make_one_instance()
    {
        await using var host = await StartAsync();
        var tallies = NewId.NextGuid(5);
        await AddAsync(host, [.. tallies.SelectMany(x => Enumerable.Repeat(x, 8))]);
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Inbox.CountAsync()) == 40, "all are handled", seconds: 60);
        (await host.QueryAsync(db => db.Tallies.CountAsync(x => x.Value == 8))).ShouldBe(5);
    }

    [Fact]
    public async Task A_failed_event_leaves_the_instance_as_it_was_and_succeeds_on_retry()
    {
        await using var host = await StartAsync();
        var tally = NewId.NextGuid();
        await host.Bus.Publish(
            new TallyAdded
            {
                TallyId = tally,
                By = 5,
                FailFirst = 1,
            }
        );
        await host.UntilAsync(() => Task.FromResult(host.Log.Heard<CounterChanged>().Count == 2), "the change is heard");
        (await host.QueryAsync(db => db.Tallies.SingleAsync())).Value.ShouldBe(5);
    }

    [Fact]
    public async Task An_event_that_the_database_rejects_does_not_harm_those_that_came_with_it()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await StartAsync(await MessagingHost.CreateStoreAsync(postgres), broker);
        var bad = NewId.NextGuid(3);
        await Task.WhenAll(
            AddAsync(host, NewId.NextGuid(40)),
            Task.WhenAll(bad.Select(x => host.Bus.Publish(new TallyAdded { TallyId = x, By = 1000 })))
        );
        await host.UntilAsync(() => rabbit.CountAsync(broker, ErrorQueue, 3), "the bad ones lie in the error queue");
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Inbox.CountAsync()) == 40, "the others are handled");

        (await host.QueryAsync(db => db.Tallies.CountAsync())).ShouldBe(40);
        host.Log.Heard<CounterChanged>().ShouldNotContain(x => bad.Contains(x.CounterId));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_activity_that_uses_the_context_is_stopped_and_runs_again_under_the_lock(bool read)
    {
        await using var host = await StartAsync();
        var tally = NewId.NextGuid();
        await AddAsync(host, [tally]);
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Tallies.AnyAsync()), "it exists");
        await host.Bus.Publish(new TallyNoted { TallyId = tally, Read = read });
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Inbox.CountAsync()) == 2, "it is handled");

        host.Log.Lines.ShouldContain(x => x.Contains("ConcurrencyMode.Optimistic", StringComparison.Ordinal));
        (await host.QueryAsync(db => db.Tallies.SingleAsync())).Version.ShouldBe(2);
        (await host.QueryAsync(db => db.Notes.CountAsync())).ShouldBe(read ? 0 : 1);
    }

    private static Task AddAsync(MessagingHost host, IEnumerable<Guid> tallies) =>
        Task.WhenAll(tallies.Select(x => host.Bus.Publish(new TallyAdded { TallyId = x, By = 1 })));

    private async Task<MessagingHost> StartAsync() =>
        await StartAsync(await MessagingHost.CreateStoreAsync(postgres), await rabbit.CreateVirtualHostAsync());

    private static Task<MessagingHost> StartAsync(string store, TestVirtualHost broker) =>
        MessagingHost.StartAsync(
            store,
            broker,
            new MessagingHostOptions
            {
                Endpoint = endpoint =>
                {
                    endpoint.ConcurrentMessageLimit = 32;
                    endpoint.UseRetryPolicy(attempts: 1);
                },
                Bus = bus =>
                    bus.AddSagaStateMachine<TallyStateMachine, TallyInstance>()
                        .EntityFrameworkRepository(r =>
                        {
                            r.ExistingDbContext<StoreDbContext>();
                            r.UsePostgres();
                            r.ConcurrencyMode = ConcurrencyMode.Optimistic;
                        }),
            }
        );
}
