using System.Diagnostics;
using Clones.Domain.Payments;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests;

public sealed class ThreeNodesHost : SettlementHost
{
    protected override int NodesOfWorkers => 3;
}

public sealed class HangingNodeTests(ThreeNodesHost host) : IClassFixture<ThreeNodesHost>, IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Fact]
    public async Task One_of_three_nodes_that_hangs_on_every_question_delays_payments_by_seconds()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.FaultsAsync(
            new
            {
                front = 0,
                timeout = 1,
                timeoutMs = 30_000,
            }
        );
        var begun = Stopwatch.GetTimestamp();

        var recipients = Enumerable.Range(0, 20).Select(_ => TestKeys.FreshAddress()).ToArray();
        var payments = await Task.WhenAll(recipients.Select(r => host.PayAsync(pool, r, 10_000_000)));
        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        // Each kind of reader finds out once, at 4 s; the rest is the usual course.
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromSeconds(40));
        foreach (var payment in payments)
        {
            (await host.LandedAsync(payment)).ShouldBe(1);
        }
    }
}
