using System.Text;
using Clones.Messaging.Inbox;
using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Clones.Messaging.Tests;

public sealed class InboxHorizonTests(PostgresFixture postgres, RabbitMqFixture rabbit)
    : IClassFixture<PostgresFixture>,
        IClassFixture<RabbitMqFixture>
{
    [Fact]
    public async Task A_duplicate_from_before_the_horizon_is_rejected_with_a_reason_and_never_handled_again()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await StartAsync(broker);
        var old = Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddDays(-45));
        await SendAsync(host, "old", old);
        await host.UntilAsync(async () => await host.CountNotesAsync("old") == 1, "it is handled the first time");
        await AgeAndPurgeAsync(host);

        await SendAsync(host, "old", old);
        await host.UntilAsync(() => rabbit.CountAsync(broker, "note_error", 1), "it is rejected");
        (await host.CountNotesAsync("old")).ShouldBe(1);
        var headers = (await rabbit.PeekAsync(broker, "note_error"))[0];
        headers.GetProperty("MT-Fault-Message").GetString()!.ShouldContain("handled already");
    }

    [Fact]
    public async Task The_purge_takes_only_marks_behind_the_horizon_and_a_young_duplicate_is_still_told()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await StartAsync(broker);
        var young = NewId.NextGuid();
        await SendAsync(host, "young", young);
        await host.UntilAsync(async () => await host.CountNotesAsync("young") == 1, "it is handled");
        await host.Services.GetRequiredService<InboxPurge<StoreDbContext>>().PurgeAsync(CancellationToken.None);
        await AgeAndPurgeAsync(host, age: false);

        (await host.QueryAsync(db => db.Inbox.CountAsync())).ShouldBe(1);
        await SendAsync(host, "young", young);
        await SendAsync(host, "last", NewId.NextGuid());
        await host.UntilAsync(async () => await host.CountNotesAsync("last") == 1, "the one behind is handled");
        (await host.CountNotesAsync("young")).ShouldBe(1);
        (await rabbit.PeekAsync(broker, "note_error")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Marks_are_deleted_only_an_interval_after_the_watermark_has_moved()
    {
        await using var host = await StartAsync(await rabbit.CreateVirtualHostAsync());
        await SendAsync(host, "old", Guid.CreateVersion7(TimeProvider.System.GetUtcNow().AddDays(-45)));
        await host.UntilAsync(async () => await host.CountNotesAsync("old") == 1, "it is handled");
        await MakeMarksOldAsync(host);
        var purge = host.Services.GetRequiredService<InboxPurge<StoreDbContext>>();

        (await purge.PurgeAsync(CancellationToken.None)).ShouldBe(0, "the watermark has only just moved");
        (await purge.PurgeAsync(CancellationToken.None)).ShouldBe(0, "the interval has not passed");
        await MoveWatermarkBackInTimeAsync(host);
        (await purge.PurgeAsync(CancellationToken.None)).ShouldBe(1);
    }

    [Fact]
    public async Task An_id_without_time_is_remembered_for_ever()
    {
        await using var host = await StartAsync(await rabbit.CreateVirtualHostAsync());
        var random = new Guid("6ba7b810-9dad-41d1-80b4-00c04fd430c8");
        await SendAsync(host, "random", random);
        await host.UntilAsync(async () => await host.CountNotesAsync("random") == 1, "it is handled");
        await AgeAndPurgeAsync(host, age: false);

        await SendAsync(host, "random", random);
        await SendAsync(host, "last", NewId.NextGuid());
        await host.UntilAsync(async () => await host.CountNotesAsync("last") == 1, "the one behind is handled");
        (await host.CountNotesAsync("random")).ShouldBe(1);
        (await host.QueryAsync(db => db.Inbox.SingleAsync(x => x.MessageId == random))).KeepUntil.ShouldBe(DateTime.MaxValue);
    }

    [Fact]
    public async Task An_id_that_was_used_by_another_message_is_rejected_not_swallowed()
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await StartAsync(broker);
        var id = NewId.NextGuid();
        await SendAsync(host, "mine", id);
        await host.UntilAsync(async () => await host.CountNotesAsync("mine") == 1, "it is handled");
        await SendAsync(host, "forged", id);
        await host.UntilAsync(() => rabbit.CountAsync(broker, "note_error", 1), "it is rejected");
        (await host.CountNotesAsync("forged")).ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("grade-17")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("not a guid; drop table inbox_state")]
    public async Task A_plain_message_of_another_service_is_handled_once_under_whatever_id_it_has(string? messageId)
    {
        var broker = await rabbit.CreateVirtualHostAsync();
        await using var host = await StartAsync(broker);
        await using var connection = await new ConnectionFactory { Uri = broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        foreach (var body in (string[])["{\"text\":\"plain\"}", "{ \"text\" : \"plain\" }", "{\"text\":\"last\"}"])
        {
            var properties = new BasicProperties { ContentType = "application/json", Persistent = true };
            if (messageId is not null)
            {
                properties.MessageId = body.Contains("last", StringComparison.Ordinal) ? messageId + "-2" : messageId;
            }

            await channel.BasicPublishAsync("note", "", mandatory: false, properties, Encoding.UTF8.GetBytes(body));
        }
        await host.UntilAsync(async () => await host.CountNotesAsync("last") == 1, "the last is handled");

        (await host.CountNotesAsync("plain")).ShouldBe(1);
        (await rabbit.PeekAsync(broker, "note_error")).ShouldBeEmpty();
        (await rabbit.PeekAsync(broker, "note_skipped")).ShouldBeEmpty();
    }

    // One message at a time, and no purge but by hand.
    private async Task<MessagingHost> StartAsync(TestVirtualHost broker) =>
        await MessagingHost.StartAsync(
            await MessagingHost.CreateStoreAsync(postgres),
            broker,
            new MessagingHostOptions
            {
                Outbox = o => o.DisableInboxCleanupService(),
                Endpoint = endpoint =>
                {
                    endpoint.ConcurrentMessageLimit = 1;
                    endpoint.UseRawJsonDeserializer(RawSerializerOptions.AnyMessageType, isDefault: false);
                    endpoint.UseRetryPolicy(attempts: 1);
                },
            }
        );

    private static Task SendAsync(MessagingHost host, string text, Guid id) =>
        host.Bus.Publish(new NoteTaken { Text = text }, x => x.MessageId = id);

    private static async Task AgeAndPurgeAsync(MessagingHost host, bool age = true)
    {
        if (age)
        {
            await MakeMarksOldAsync(host);
        }

        var purge = host.Services.GetRequiredService<InboxPurge<StoreDbContext>>();
        await purge.PurgeAsync(CancellationToken.None);
        await MoveWatermarkBackInTimeAsync(host);
        await purge.PurgeAsync(CancellationToken.None);
    }

    // Forty days pass.
    private static Task MakeMarksOldAsync(MessagingHost host) =>
        host.QueryAsync(db => db.Inbox.ExecuteUpdateAsync(x => x.SetProperty(m => m.KeepUntil, m => m.KeepUntil.AddDays(-40))));

    private static Task MoveWatermarkBackInTimeAsync(MessagingHost host) =>
        host.QueryAsync(db => db.Watermarks.ExecuteUpdateAsync(x => x.SetProperty(m => m.MovedAt, m => m.MovedAt.AddHours(-1))));
}
