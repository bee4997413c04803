using System.Text;
using Clones.Domain.Webhooks;
using Clones.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Webhooks.Tests;

public sealed class WebhookSendingTests : IAsyncLifetime
{
    // One for each test: what is left pending by one would be sent by the passes of another.
    private readonly WebhookWorld world = new();

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task What_fails_is_sent_again_after_the_back_off_under_the_same_id_until_it_succeeds()
    {
        var url = world.Receiver.Path(500, 404, 204);
        var endpoint = await world.RegisterAsync(url);
        var delivery = await world.AddAsync(endpoint);

        await world.PassAsync();
        world.Time.Advance(4.9 * Second);
        await world.PassAsync();
        world.Receiver.At(url).Count.ShouldBe(1);
        world.Time.Advance(0.1 * Second);
        await world.PassAsync();
        (await world.ReadAsync(endpoint)).ConsecutiveFailures.ShouldBe(2);
        world.Time.Advance(30 * Second);
        await world.PassAsync();
        world.Time.Advance(TimeSpan.FromDays(1));
        await world.PassAsync();

        var sent = world.Receiver.At(url);
        sent.Count.ShouldBe(3);
        sent.ShouldAllBe(r => r.Id == $"msg_{delivery.EventId:N}" && r.Text == delivery.Body);
        sent.ShouldAllBe(r => r.IsSignedWith(WebhookWorld.Secrets.Show(endpoint.Id, 1)) && r.Signatures.Length == 1);
        (sent[1].Timestamp - sent[0].Timestamp, sent[2].Timestamp - sent[1].Timestamp).ShouldBe((5, 30));
        sent[0].Headers["content-type"].ShouldBe("application/json");
        sent[0].Headers.Keys.ShouldNotContain("traceparent");
        var attempts = await world.AttemptsAsync(delivery);
        attempts.Select(a => (a.Number, a.StatusCode)).ShouldBe([(1, 500), (2, 404), (3, 204)]);
        attempts.Select(a => a.Failure).ShouldBe(["It answered 500.", "It answered 404.", null]);
        var ended = await world.ReadAsync(delivery);
        (ended.Status, ended.NextAttemptAt, ended.LastFailure, ended.AttemptCount).ShouldBe(
            (WebhookDeliveryStatus.Delivered, null, null, 3)
        );
        (await world.ReadAsync(endpoint)).ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public async Task After_three_days_it_is_given_up_and_a_replay_sends_it_again()
    {
        var url = world.Receiver.Path([.. Enumerable.Repeat(503, 18), 200]);
        var delivery = await world.AddAsync(await world.RegisterAsync(url));
        var last = world.Time.GetUtcNow();

        while (await world.ReadAsync(delivery) is { Status: WebhookDeliveryStatus.Pending } waiting)
        {
            last = waiting.NextAttemptAt!.Value;
            world.Time.SetUtcNow(last);
            await world.PassAsync();
        }

        last.ShouldBe(delivery.GiveUpAt);
        var given = await world.ReadAsync(delivery);
        (given.Status, given.AttemptCount, given.LastFailure).ShouldBe((WebhookDeliveryStatus.Exhausted, 18, "It answered 503."));
        await using var db = world.Open();
        await db
            .WebhookDeliveries.Where(d => d.Id == delivery.Id)
            .ExecuteUpdateAsync(s =>
                s.SetProperty(d => d.Status, WebhookDeliveryStatus.Pending).SetProperty(d => d.NextAttemptAt, world.Time.GetUtcNow())
            );
        await world.PassAsync();
        (await world.ReadAsync(delivery)).Status.ShouldBe(WebhookDeliveryStatus.Delivered);
        (await world.AttemptsAsync(delivery))[^1].Number.ShouldBe(19);
        world.Receiver.At(url).Select(r => r.Id).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task After_a_rotation_both_secrets_sign_for_a_day()
    {
        var url = world.Receiver.Path(200);
        var until = world.Time.GetUtcNow() + WebhookSecrets.PreviousSignsFor;
        var endpoint = await world.RegisterAsync(url, e => (e.SecretGeneration, e.PreviousSecretUntil) = (2, until));
        await world.AddAsync(endpoint);
        await world.PassAsync();
        world.Time.Advance(WebhookSecrets.PreviousSignsFor);
        await world.AddAsync(endpoint);
        await world.PassAsync();

        var (first, second) = (world.Receiver.At(url)[0], world.Receiver.At(url)[1]);

        first.Signatures.Length.ShouldBe(2);
        first.IsSignedWith(WebhookWorld.Secrets.Show(endpoint.Id, 1)).ShouldBeTrue();
        first.IsSignedWith(WebhookWorld.Secrets.Show(endpoint.Id, 2)).ShouldBeTrue();
        second.Signatures.Length.ShouldBe(1);
        second.IsSignedWith(WebhookWorld.Secrets.Show(endpoint.Id, 2)).ShouldBeTrue();
    }

    [Fact]
    public async Task Several_senders_at_once_send_every_delivery_once()
    {
        var url = world.Receiver.Path((_, _) => Task.Delay(5));
        foreach (var _ in Enumerable.Range(0, 10))
        {
            var endpoint = await world.RegisterAsync(url);
            for (var i = 0; i < 12; i++)
            {
                await world.AddAsync(endpoint);
            }
        }
        IServiceProvider[] senders = [world.Worker, world.NewWorker(), world.NewWorker()];

        await Task.WhenAll(
            senders.Select(async sender =>
            {
                for (var pass = 0; pass < 200 && world.Receiver.At(url).Count < 120; pass++)
                {
                    await world.PassAsync(sender);
                }
            })
        );

        world.Receiver.At(url).GroupBy(r => r.Id).Select(g => g.Count()).ShouldBe(Enumerable.Repeat(1, 120));
    }

    [Fact]
    public async Task What_a_worker_had_taken_when_it_died_is_sent_by_another_when_the_lease_runs_out()
    {
        var url = world.Receiver.Path(200);
        var delivery = await world.AddAsync(await world.RegisterAsync(url));
        var taken = await world
            .Worker.GetRequiredService<WebhookClaims>()
            .TakeAsync(failing: false, 32, TestContext.Current.CancellationToken);
        taken.ShouldContain(d => d.Id == delivery.Id);

        await world.PassAsync();
        world.Time.Advance(59 * Second);
        await world.PassAsync();
        world.Receiver.At(url).ShouldBeEmpty();
        world.Time.Advance(Second);
        await world.PassAsync();

        world.Receiver.At(url).ShouldHaveSingleItem();
        (await world.AttemptsAsync(delivery)).ShouldHaveSingleItem().Number.ShouldBe(2);
        // The worker was only frozen, and records what it did: it changes nothing of what is another's.
        var late = new WebhookOutcome(500, "It answered 500.", null, Second, null);
        await world
            .Worker.GetRequiredService<WebhookDeliveryWriter>()
            .RecordAsync(taken.Single(d => d.Id == delivery.Id), world.Time.GetUtcNow(), late);
        (await world.ReadAsync(delivery)).Status.ShouldBe(WebhookDeliveryStatus.Delivered);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var target = world.Receiver.Path(200);
        var url = world.Receiver.Path(
            (context, _) =>
            {
                context.Response.Redirect(target);
                return Task.CompletedTask;
            }
        );
        var delivery = await world.AddAsync(await world.RegisterAsync(url));

        await world.PassAsync();

        world.Receiver.At(target).ShouldBeEmpty();
        (await world.AttemptsAsync(delivery)).Single().Failure.ShouldBe("It answered 302; redirects are not followed.");
    }

    [Fact]
    public async Task Of_a_huge_answer_the_first_kibibyte_is_kept_and_made_safe()
    {
        var url = world.Receiver.Path(
            async (context, _) =>
            {
                context.Response.StatusCode = 400;
                await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("no\u0000\u001b[31m \u202ered\n"));
                var much = new byte[64 * 1024];
                Array.Fill(much, (byte)0xFF);
                for (var i = 0; i < 1_000 && !context.RequestAborted.IsCancellationRequested; i++)
                {
                    await context.Response.Body.WriteAsync(much, context.RequestAborted);
                }
            }
        );
        var delivery = await world.AddAsync(await world.RegisterAsync(url));

        await world.PassAsync();

        var answer = (await world.AttemptsAsync(delivery)).Single().Answer.ShouldNotBeNull();
        answer.ShouldStartWith("no\uFFFD\uFFFD[31m \uFFFDred\n\uFFFD");
        answer.Length.ShouldBeLessThanOrEqualTo(1024);
    }

    [Fact]
    public async Task A_body_that_does_not_end_is_cut_and_a_status_that_does_not_come_is_a_failure()
    {
        var endless = world.Receiver.Path(
            async (context, _) =>
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );
        var silent = world.Receiver.Path((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var begun = await world.AddAsync(await world.RegisterAsync(endless));
        var never = await world.AddAsync(await world.RegisterAsync(silent));

        await world.AdvanceUntilAsync(world.PassAsync(), 0.5 * Second);

        var cut = (await world.AttemptsAsync(begun)).Single();
        (cut.StatusCode, cut.Failure, cut.Answer).ShouldBe((200, null, "begun"));
        (await world.ReadAsync(begun)).Status.ShouldBe(WebhookDeliveryStatus.Delivered);
        var failed = (await world.AttemptsAsync(never)).Single();
        (failed.StatusCode, failed.Failure).ShouldBe((null, "It did not answer within 15 s."));
    }

    [Fact]
    public async Task An_endpoint_that_hangs_holds_up_nobody_else()
    {
        var hanging = world.Receiver.Path((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        var healthy = world.Receiver.Path(200);
        var slow = await world.RegisterAsync(hanging);
        var quick = await world.RegisterAsync(healthy);
        for (var i = 0; i < 40; i++)
        {
            await world.AddAsync(slow);
        }
        for (var i = 0; i < 12; i++)
        {
            await world.AddAsync(quick);
        }
        var one = world.PassAsync();
        while (world.Receiver.At(hanging).Count == 0)
        {
            // Others begin when this pass hangs, or they would take from it what hangs.
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        for (var pass = 0; pass < 100 && world.Receiver.At(healthy).Count < 12; pass++)
        {
            // Another worker: the first one's pass has not ended yet.
            await Task.WhenAny(world.PassAsync(world.NewWorker()), Task.Delay(200, TestContext.Current.CancellationToken));
        }

        world.Receiver.At(healthy).Count.ShouldBe(12);
        world.Receiver.At(hanging).Count.ShouldBeLessThanOrEqualTo(4);
        one.IsCompleted.ShouldBeFalse();
        await world.AdvanceUntilAsync(one, Second);
        (await world.ReadAsync(slow)).ConsecutiveFailures.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Gone_disables_the_endpoint_for_which_nothing_more_is_sent()
    {
        var url = world.Receiver.Path(410);
        var endpoint = await world.RegisterAsync(url);
        var delivery = await world.AddAsync(endpoint);
        await world.PassAsync();
        var waiting = await world.AddAsync(endpoint);
        await world.PassAsync();

        world.Receiver.At(url).ShouldHaveSingleItem();
        (await world.ReadAsync(delivery)).Status.ShouldBe(WebhookDeliveryStatus.Exhausted);
        var disabled = await world.ReadAsync(endpoint);
        (disabled.IsEnabled, disabled.DisabledReason, disabled.Version).ShouldBe((false, "It answered 410 Gone.", 2));
        world.Time.Advance(WebhookDelivery.TriedFor + Second);
        await WebhookWorld.Hosted<WebhookSweeper>(world.Worker).PassAsync(TestContext.Current.CancellationToken);
        var given = await world.ReadAsync(waiting);
        (given.Status, given.LastFailure).ShouldBe((WebhookDeliveryStatus.Exhausted, "The webhook was disabled."));
    }

    [Theory]
    [InlineData(429, "3600", 3_600)]
    [InlineData(503, "99999999", 43_200)]
    [InlineData(503, "-5", 5)]
    [InlineData(429, "Fri, 31 Dec 9999 23:59:59 GMT", 43_200)]
    [InlineData(503, "soon", 5)]
    [InlineData(500, "3600", 5)]
    public async Task Retry_After_is_respected_within_bounds(int status, string after, int seconds)
    {
        var url = world.Receiver.Path(
            (context, _) =>
            {
                context.Response.StatusCode = status;
                context.Response.Headers.RetryAfter = after;
                return Task.CompletedTask;
            }
        );
        var delivery = await world.AddAsync(await world.RegisterAsync(url));

        await world.PassAsync();

        ((await world.ReadAsync(delivery)).NextAttemptAt - world.Time.GetUtcNow()).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task What_ended_is_swept_after_thirty_days_and_what_belongs_to_deleted_webhooks_at_once()
    {
        var url = world.Receiver.Path(200);
        var endpoint = await world.RegisterAsync(url);
        var ended = await world.AddAsync(endpoint);
        var deleted = await world.RegisterAsync(url, e => e.DeletedAt = world.Time.GetUtcNow());
        var orphan = await world.AddAsync(deleted);
        await world.PassAsync();
        var sweeper = WebhookWorld.Hosted<WebhookSweeper>(world.Worker);

        await sweeper.PassAsync(TestContext.Current.CancellationToken);
        await using var db = world.Open();
        (await db.WebhookDeliveries.CountAsync(d => d.Id == ended.Id)).ShouldBe(1);
        (await db.WebhookDeliveries.CountAsync(d => d.Id == orphan.Id)).ShouldBe(0);
        world.Time.Advance(TimeSpan.FromDays(30) + Second);
        await sweeper.PassAsync(TestContext.Current.CancellationToken);

        (await db.WebhookDeliveries.CountAsync(d => d.Id == ended.Id)).ShouldBe(0);
        (await db.WebhookAttempts.CountAsync(a => a.DeliveryId == ended.Id)).ShouldBe(0);
        (await db.WebhookEndpoints.CountAsync(e => e.Id == deleted.Id)).ShouldBe(0);
        (await db.WebhookEndpoints.CountAsync(e => e.Id == endpoint.Id)).ShouldBe(1);
        world.Receiver.At(url).ShouldHaveSingleItem();
    }
}
