using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Clones.Messaging.Tests;

public sealed class RoundTripTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    private const int Events = 40;

    // Sweeper and purge look around by the clock, not per transition: they stay out of the count by looking seldom.
    private static readonly Action<IEntityFrameworkOutboxConfigurator> Quiet = o =>
    {
        o.QueryDelay = TimeSpan.FromMinutes(10);
        o.DisableInboxCleanupService();
    };

    [Fact]
    public async Task A_saga_transition_with_inbox_outbox_and_delete_takes_at_most_four_round_trips()
    {
        var store = await MessagingHost.CreateStoreAsync(postgres);
        await using var proxy = Before(store, out var counted);
        await using var host = await MessagingHost.StartAsync(
            store,
            await rabbit.CreateVirtualHostAsync(),
            new MessagingHostOptions { ConnectionString = counted, Outbox = Quiet }
        );
        var counter = NewId.NextGuid();
        await host.Bus.Publish(new CounterStarted { CounterId = counter });
        await host.UntilAsync(async () => await host.QueryAsync(db => db.Counters.AnyAsync()), "the counter exists");
        await host.Bus.Publish(new CounterRaised { CounterId = counter, By = 1 });
        await SettledAsync(host, store, 1);
        var before = proxy.RoundTrips;

        // One after the other, so that no delete is shared: the dearest case.
        for (var i = 2; i <= Events + 1; i++)
        {
            await host.Bus.Publish(new CounterRaised { CounterId = counter, By = 1 });
            await SettledAsync(host, store, i);
        }

        var perTransition = (proxy.RoundTrips - before) / (double)Events;
        TestContext.Current.TestOutputHelper?.WriteLine($"{perTransition:0.00} round trips per transition");
        perTransition.ShouldBeGreaterThan(1.9, "the proxy must be in the way");
        perTransition.ShouldBeLessThanOrEqualTo(4.0);
        host.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_in_parallel_share_the_deletes()
    {
        var store = await MessagingHost.CreateStoreAsync(postgres);
        await using var proxy = Before(store, out var counted);
        await using var host = await MessagingHost.StartAsync(
            store,
            await rabbit.CreateVirtualHostAsync(),
            new MessagingHostOptions { ConnectionString = counted, Outbox = Quiet }
        );
        var counters = NewId.NextGuid(20);
        foreach (var counter in counters)
        {
            await host.Bus.Publish(new CounterStarted { CounterId = counter });
        }

        await host.UntilAsync(async () => await host.QueryAsync(db => db.Counters.CountAsync()) == counters.Length, "all counters exist");
        var before = proxy.RoundTrips;

        await Task.WhenAll(
            counters.SelectMany(c => Enumerable.Repeat(c, 10)).Select(c => host.Bus.Publish(new CounterRaised { CounterId = c, By = 1 }))
        );
        await SettledAsync(host, store, counters.Length * 10);

        ((proxy.RoundTrips - before) / (counters.Length * 10.0)).ShouldBeLessThanOrEqualTo(4.0);
    }

    private static CountingProxy Before(string store, out string counted)
    {
        var builder = new NpgsqlConnectionStringBuilder(store);
        var proxy = new CountingProxy(builder.Host!, builder.Port);
        builder.Host = "127.0.0.1";
        builder.Port = proxy.Port;
        // Otherwise the driver asks for the types of each new connection, which is no business of a transition.
        builder.MinPoolSize = 5;
        counted = builder.ConnectionString;
        return proxy;
    }

    // Asks the database past the proxy.
    private static Task SettledAsync(MessagingHost host, string store, int changes) =>
        host.UntilAsync(
            async () =>
            {
                if (host.Log.Heard<CounterChanged>().Count < changes)
                {
                    return false;
                }

                await using var db = new StoreDbContext(new DbContextOptionsBuilder<StoreDbContext>().UseNpgsql(store).Options);
                return !await db.Outbox.AnyAsync();
            },
            $"{changes} changes heard, outbox empty"
        );
}
