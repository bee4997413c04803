using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Clones.Custody.Tests.Rotation;

public sealed class RotationUnderLoadTests(RotationHost host) : IClassFixture<RotationHost>
{
    private const int Workers = 4;

    [Fact]
    public async Task Four_workers_are_rolled_from_v1_over_v2_to_v3_under_load_and_no_payment_fails()
    {
        List<IHost> workers = [host.FirstWorker];
        while (workers.Count < Workers)
        {
            workers.Add(await host.StartAsync(1));
        }
        var old = await host.CreateOldPoolAsync();
        var plaintext = await host.CreateOldPoolAsync(isPlaintext: true);
        var own = await host.CreatePoolByAsync(workers[1], 2 * RotationHost.Sol);
        Guid[] wallets = [old.WalletId, plaintext.WalletId, own.Wallet.Id];
        PaymentStream[] streams = [new(host, old.Pool), new(host, plaintext.Pool), new(host, own.Pool)];

        foreach (var version in (int[])[2, 3])
        {
            for (var i = 0; i < Workers; i++)
            {
                workers[i] = await host.ReplaceAsync(workers[i], version);
            }
        }
        var payments = (await Task.WhenAll(streams.Select(s => s.EndAsync()))).SelectMany(p => p).ToList();

        payments.ShouldAllBe(p => p.Status == PaymentStatus.Completed);
        foreach (var wallet in wallets)
        {
            (await host.KeyAsync(wallet)).MasterKey.ShouldBe("v3");
        }
        (await host.ErrorQueuesAsync()).ShouldBeEmpty();
        await ShouldBeOpenedOncePerSignatureAsync(wallets);
        await host.ShouldPassAuditAsync();
    }

    private async Task ShouldBeOpenedOncePerSignatureAsync(Guid[] wallets)
    {
        var events = await host.EventsAsync(wallets);
        var signed = await host.WithAsync((_, db) => db.TransactionAttempts.Select(a => a.TransactionId).ToListAsync());
        events.Where(e => e.Kind == KeyEventKind.Opened).Select(e => e.TransactionId!.Value).ShouldBe(signed, ignoreOrder: true);
        events.ShouldNotContain(e => e.Kind == KeyEventKind.Failed);
        events.Where(e => e.Kind == KeyEventKind.Migrated).GroupBy(e => e.KeyId).ShouldAllBe(g => g.Last().ToKey == "v3");
    }
}
