using Clones.Domain.Webhooks;
using Clones.Persistence.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Webhooks.Tests;

public sealed class WebhookFairnessTests : IAsyncLifetime
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly WebhookWorld world = new();

    private WebhookClaims Claims => world.Worker.GetRequiredService<WebhookClaims>();

    public ValueTask InitializeAsync() => world.InitializeAsync();

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Dead_endpoints_of_one_owner_do_not_take_the_turn_of_somebody_elses_failing_one()
    {
        await AddAsync("many", endpoints: 20, each: 3, Fails);
        world.Time.Advance(Second);
        var (other, _) = await AddAsync("one", endpoints: 1, each: 1, Fails);

        var taken = await TakeAsync(failing: true, 16);

        taken.Count.ShouldBe(9);
        taken.ShouldContain(d => d.EndpointId == other);
    }

    [Fact]
    public async Task Who_has_nothing_on_its_way_comes_before_who_has()
    {
        await AddAsync("many", endpoints: 20, each: 3, Fails);
        (await TakeAsync(failing: true, 4)).Count.ShouldBe(4);
        world.Time.Advance(Second);
        var (other, _) = await AddAsync("one", endpoints: 1, each: 1, Fails);

        (await TakeAsync(failing: true, 1)).ShouldHaveSingleItem().EndpointId.ShouldBe(other);
    }

    [Fact]
    public async Task An_owner_has_eight_requests_at_once_however_many_endpoints_there_are()
    {
        await AddAsync("many", endpoints: 20, each: 4);

        (await TakeAsync(failing: false, 32)).Count.ShouldBe(8);
        (await TakeAsync(failing: false, 32)).ShouldBeEmpty();
        world.Time.Advance(60 * Second);
        (await TakeAsync(failing: false, 32)).Count.ShouldBe(8);
    }

    [Fact]
    public async Task An_endpoint_that_answers_after_more_than_five_seconds_gets_the_room_of_failing_ones_until_it_is_quick_again()
    {
        var url = world.Receiver.Path(
            (_, number) =>
            {
                world.Time.Advance((number == 1 ? 6 : 1) * Second);
                return Task.CompletedTask;
            }
        );
        var endpoint = await world.RegisterAsync(url);
        var delivery = await world.AddAsync(endpoint);
        await world.PassAsync();
        (await world.ReadAsync(delivery)).Status.ShouldBe(WebhookDeliveryStatus.Delivered);
        for (var i = 0; i < 3; i++)
        {
            await world.AddAsync(endpoint);
        }

        (await TakeAsync(failing: false, 32)).ShouldBeEmpty();
        await world.PassAsync();

        world.Receiver.At(url).Count.ShouldBe(2);
        (await world.ReadAsync(endpoint)).ConsecutiveFailures.ShouldBe(0);
        (await TakeAsync(failing: false, 32)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_held_for_a_disabled_endpoint_is_not_taken()
    {
        await AddAsync("off", endpoints: 1, each: 2, e => e.IsEnabled = false);
        await AddAsync("gone", endpoints: 1, each: 2, e => e.DeletedAt = world.Time.GetUtcNow());

        (await TakeAsync(failing: false, 32)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_backlog_of_an_enabled_endpoint_is_given_up_an_hour_after_its_time_and_what_is_being_sent_is_left_alone()
    {
        var (_, waiting) = await AddAsync("dead", endpoints: 1, each: 1, Fails);
        var lease = Guid.NewGuid();
        var endpoint = await world.RegisterAsync(world.Receiver.Path(500));
        var leased = await world.AddAsync(
            endpoint,
            d => (d.LeaseId, d.LeasedUntil) = (lease, world.Time.GetUtcNow() + TimeSpan.FromDays(4))
        );
        var sweeper = WebhookWorld.Hosted<WebhookSweeper>(world.Worker);

        world.Time.Advance(WebhookDelivery.TriedFor + TimeSpan.FromHours(1));
        await sweeper.PassAsync(TestContext.Current.CancellationToken);
        (await world.ReadAsync(waiting)).Status.ShouldBe(WebhookDeliveryStatus.Pending);
        world.Time.Advance(Second);
        await sweeper.PassAsync(TestContext.Current.CancellationToken);

        var given = await world.ReadAsync(waiting);
        (given.Status, given.NextAttemptAt, given.CompletedAt, given.LastFailure).ShouldBe(
            (WebhookDeliveryStatus.Exhausted, null, world.Time.GetUtcNow(), "Its time was up before its turn came.")
        );
        (await world.ReadAsync(leased)).Status.ShouldBe(WebhookDeliveryStatus.Pending);
    }

    private static void Fails(WebhookEndpoint endpoint) => endpoint.ConsecutiveFailures = 1;

    private Task<List<DueWebhook>> TakeAsync(bool failing, int count) =>
        Claims.TakeAsync(failing, count, TestContext.Current.CancellationToken);

    /// <returns>The last ones.</returns>
    private async Task<(Guid EndpointId, WebhookDelivery Delivery)> AddAsync(
        string owner,
        int endpoints,
        int each,
        Action<WebhookEndpoint>? change = null
    )
    {
        (Guid EndpointId, WebhookDelivery Delivery) last = default;
        for (var i = 0; i < endpoints; i++)
        {
            var endpoint = await world.RegisterAsync("https://hooks.example.org/", change, owner);
            for (var j = 0; j < each; j++)
            {
                last = (endpoint.Id, await world.AddAsync(endpoint));
            }
        }
        return last;
    }
}
