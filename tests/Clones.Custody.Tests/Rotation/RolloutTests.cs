using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.Extensions.Hosting;

namespace Clones.Custody.Tests.Rotation;

/// <summary>A new master key comes to two replicas, in the order that the README tells, and in the wrong one.</summary>
public sealed class RolloutTests : IAsyncLifetime
{
    private const string OpeningFailed = "clones.keys.opening_failed";
    private readonly CountedKeys counted = new();
    private readonly RotationHost host = new();

    public ValueTask InitializeAsync() => host.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        counted.Dispose();
    }

    [Fact]
    public async Task First_known_to_both_and_then_written_with_no_opening_ever_fails()
    {
        List<IHost> all = [host.FirstWorker, await host.StartAsync(1)];
        var (a, b) = (all[0], all[1]);
        var old = await host.CreateOldPoolAsync();
        var own = await host.CreatePoolByAsync(a, 2 * RotationHost.Sol);
        PaymentStream[] streams = [new(host, old.Pool), new(host, own.Pool)];

        foreach (var latest in (int?[])[1, null])
        {
            a = await host.ReplaceAsync(a, 2, latest);
            b = await host.ReplaceAsync(b, 2, latest);
            all.AddRange([a, b]);
        }
        await Task.WhenAll(streams.Select(s => s.EndAsync()));

        all.ShouldAllBe(worker => counted.Of(worker, OpeningFailed) == 0);
        (await host.KeyAsync(old.WalletId)).MasterKey.ShouldBe("v2");
        (await host.KeyAsync(own.Wallet.Id)).MasterKey.ShouldBe("v2");
        await ShouldHaveFailedNothingAsync(old.WalletId, own.Wallet.Id);
    }

    [Fact]
    public async Task Written_with_by_one_before_the_other_knows_it_payments_wait_until_the_other_is_replaced()
    {
        var (b, payments, walletId) = await PayWhereOneDoesNotKnowTheKeyAsync();

        await host.ReplaceAsync(b, 2);

        await host.ShouldAllCompleteAsync(payments);
        await ShouldHaveFailedNothingAsync(walletId);
    }

    [Fact]
    public async Task Written_with_by_one_before_the_other_knows_it_payments_wait_until_the_other_is_gone()
    {
        var (b, payments, walletId) = await PayWhereOneDoesNotKnowTheKeyAsync();

        await b.StopAsync();

        await host.ShouldAllCompleteAsync(payments);
        await ShouldHaveFailedNothingAsync(walletId);
    }

    /// <returns>The replica that does not know v2 and has met it, and the payments.</returns>
    private async Task<(IHost Behind, Payment[] Payments, Guid WalletId)> PayWhereOneDoesNotKnowTheKeyAsync()
    {
        var b = host.FirstWorker;
        var a = await host.StartAsync(2);
        var (pool, wallet) = await host.CreatePoolByAsync(a, 2 * RotationHost.Sol);
        (await host.KeyAsync(wallet.Id)).MasterKey.ShouldBe("v2");
        var payments = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000)));
        await PatientWait.UntilAsync(
            () => Task.FromResult(counted.Of(b, OpeningFailed) > 0 ? "met" : null),
            "the replica behind to meet a key that it cannot open"
        );
        return (b, payments, wallet.Id);
    }

    private async Task ShouldHaveFailedNothingAsync(params Guid[] wallets)
    {
        (await host.ErrorQueuesAsync()).ShouldBeEmpty();
        (await host.EventsAsync(wallets)).ShouldNotContain(e => e.Kind == KeyEventKind.Failed);
        await host.ShouldPassAuditAsync();
    }
}
