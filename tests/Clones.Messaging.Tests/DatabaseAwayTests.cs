using Clones.Testing;
using Npgsql;

namespace Clones.Messaging.Tests;

public sealed class DatabaseAwayTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    /// <summary>Longer than all tries of a failure that is the message's own fault take together.</summary>
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task A_message_waits_for_a_database_that_is_away_longer_than_other_failures_are_retried()
    {
        var store = new NpgsqlConnectionStringBuilder(await MessagingHost.CreateStoreAsync(postgres));
        var broker = await rabbit.CreateVirtualHostAsync();
        var wire = new CountingProxy(store.Host!, store.Port);
        var through = new NpgsqlConnectionStringBuilder(store.ConnectionString) { Port = wire.Port };
        await using var host = await MessagingHost.StartAsync(
            store.ConnectionString,
            broker,
            new MessagingHostOptions { ConnectionString = through.ConnectionString }
        );
        await host.Bus.Publish(new NoteTaken { Text = "before" });
        await host.UntilAsync(async () => await host.CountNotesAsync("before") == 1, "a first note is stored");

        await wire.DisposeAsync();
        await host.Bus.Publish(new NoteTaken { Text = "meanwhile" });
        await Should.ThrowAsync<TimeoutException>(() =>
            host.UntilAsync(() => rabbit.CountAsync(broker, "note_error", 1), "nothing ends in the error queue", (int)Away.TotalSeconds)
        );
        await using var mended = new CountingProxy(store.Host!, store.Port, through.Port);
        await host.UntilAsync(async () => await host.CountNotesAsync("meanwhile") == 1, "the note is stored after all");
    }
}
