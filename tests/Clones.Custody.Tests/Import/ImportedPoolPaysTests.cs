using System.Text;
using Clones.Custody.Import;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Custody.Tests.Import;

public sealed class ImportedPoolPaysTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_pool_from_the_old_system_goes_live_by_its_funds_and_pays()
    {
        var old = new OldPoolJson();
        await host.FundAsync(PublicKey.Parse(old.Address), 2 * Sol);
        var line = old.With("depositPrivateKey", $"\"{old.Sealed()}\"").Line;
        var code = await host.WithAsync(
            async (services, db) =>
            {
                using var file = new MemoryStream(Encoding.UTF8.GetBytes(line));
                await using var output = new StringWriter();
                var keys = services.GetRequiredService<DepositKeyVault>();
                return await new KeysImport(db, keys, TimeProvider.System).RunAsync(file, false, output, CancellationToken.None);
            }
        );
        code.ShouldBe(0);

        var id = PoolId.Of(old.OldId);
        var pool = await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    (_, db) => db.TrainingPools.AsNoTracking().FirstOrDefaultAsync(p => p.Id == id && p.Status == TrainingPoolStatus.Live)
                ),
            "the imported pool to be LIVE"
        );
        var recipient = TestKeys.FreshAddress();
        var payment = await host.PayAsync(pool, recipient, Sol / 2);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol / 2);
    }
}
