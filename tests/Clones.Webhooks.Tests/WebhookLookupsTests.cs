using System.Net;
using Clones.Testing;

namespace Clones.Webhooks.Tests;

public sealed class WebhookLookupsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_lookup_that_nobody_waits_for_any_more_keeps_its_place_until_it_has_ended()
    {
        var slow = new TaskCompletionSource<IPAddress[]>();
        IPAddress[] found = [IPAddress.Loopback];
        using var lookups = new WebhookLookups(
            (host, _) => host == "slow" ? slow.Task : Task.FromResult(found),
            new WebhookOptions { LookupsAtOnce = 1 }
        );
        using var impatient = new CancellationTokenSource();
        var given = lookups.ResolveAsync("slow", isFailing: false, impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => given);

        var next = lookups.ResolveAsync("quick", isFailing: false, Stop);
        var failing = await lookups.ResolveAsync("quick", isFailing: true, Stop).OrGiveUpAsync("a place of failing ones", Stop);

        failing.ShouldBe(found);
        next.IsCompleted.ShouldBeFalse();
        slow.SetException(new System.Net.Sockets.SocketException());
        (await next.OrGiveUpAsync("the place of the slow one", Stop)).ShouldBe(found);
    }
}
