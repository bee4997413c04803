using Clones.Persistence;
using Clones.Persistence.Keys;
using Clones.Persistence.Payments;
using Clones.Persistence.Pools;
using Clones.Persistence.Wallets;
using Clones.Solana.Primitives;
using Clones.Workers.Keys;
using Clones.Workers.Keys.Audit;
using Clones.Workers.Tests.Settlement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Workers.Tests.Keys.Rotation;

/// <summary>Master keys change while payments flow: on a real database, broker and cluster.</summary>
public sealed class RotationTests
{
    private const ulong Sol = 1_000_000_000;
    private static readonly (string, string) V2 = ("DEPOSIT_KEY_ENCRYPTION_SECRET_V2", TestKeys.Secret + "2");
    private static readonly (string, string) V3 = ("DEPOSIT_KEY_ENCRYPTION_SECRET_V3", TestKeys.Secret + "3");
    private static readonly (string, string) StillFirst = ("DEPOSIT_KEY_ENCRYPTION_LATEST", "1");

    [Fact]
    public async Task From_v1_over_v2_to_v3_under_load_with_four_workers_no_payment_fails()
    {
        await using var host = new SettlementHost();
        await host.InitializeAsync();
        await host.StopFirstAsync();
        var pools = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.CreatePoolAsync(2 * Sol)));
        var workers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => host.StartAnotherAsync()));
        using var ending = new CancellationTokenSource();
        var payments = new List<Payment>();
        var paying = PayUntilAsync(host, pools, payments, ending.Token);

        // The right order, then the wrong one: v2 comes to all before any writes with it, v3 at once, and who does not know it yet waits.
        workers = await ReplaceAsync(host, workers, V2, StillFirst);
        await ReplaceAsync(host, workers, V2, V3);
        await ending.CancelAsync();
        await paying;
        payments.AddRange(await Task.WhenAll(pools.Select(p => host.PayAsync(p, TestKeys.FreshAddress(), 10_000_000))));

        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }
        (await MasterKeysAsync(host)).ShouldBe(["v3", "v3", "v3"]);
        await ShouldBeCleanAsync(host);
    }

    [Fact]
    public async Task Where_one_replica_writes_with_a_key_that_another_does_not_know_yet_payments_wait_and_none_fails()
    {
        await using var host = new SettlementHost();
        await host.InitializeAsync();
        var pool = await host.CreatePoolAsync(2 * Sol);
        // The first worker has never heard of v2, under which this one has written already.
        var ahead = await host.StartAnotherAsync(null, V2);
        await using (var scope = ahead.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<ClonesDbContext>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            var stored = scope.ServiceProvider.GetRequiredService<StoredKeys>();
            var masters = scope.ServiceProvider.GetRequiredService<MasterKeys>();
            var renewal = scope.ServiceProvider.GetRequiredService<KeyRenewal>();
            using var row = (
                await stored.NextAsync(WalletKeyEvent.Deposit, Guid.Empty, masters.Current, 1, CancellationToken.None)
            ).Single();
            using var secretKey = new PinnedBytes(64);
            await masters.OpenAsync(row.Stored.Memory, row.Binding, secretKey.Memory, CancellationToken.None);
            var (swap, to) = await renewal.SealAsync(row, secretKey, CancellationToken.None);
            await renewal.SwapAsync(row.Binding.Purpose, [swap], CancellationToken.None);
            scope.ServiceProvider.GetRequiredService<KeyEvents>().Migrated(row.Binding, "v1", to);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }
        await ahead.StopAsync();

        var payments = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000)));
        await SettlementHost.UntilAsync(
            () => Task.FromResult(host.Log.Text.Contains("Set DEPOSIT_KEY_ENCRYPTION_SECRET_V2", StringComparison.Ordinal) ? "said" : null),
            "the replica that is behind to say what it lacks"
        );
        // The replica that is behind is replaced, as the roll-out goes on.
        await host.StopFirstAsync();
        await host.StartAnotherAsync(null, V2);

        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }
        await ShouldBeCleanAsync(host);
    }

    [Fact]
    public async Task Two_that_open_an_old_key_at_once_both_have_it_and_one_migrates_it()
    {
        await using var host = new SettlementHost();
        await host.InitializeAsync();
        using var account = Account.Generate();
        var pool = await host.CreatePoolAsync(0, poolId => OldWallet(poolId, account));
        var walletId = await host.WithAsync(
            (_, db) => db.DepositWallets.Where(w => w.TrainingPoolId == pool.Id).Select(w => w.Id).SingleAsync()
        );
        await host.StopFirstAsync();

        var opened = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => OpenAsync(host, walletId)));

        opened.ShouldAllBe(address => address == account.PublicKey.ToString());
        var migrations = await host.WithAsync(
            (_, db) => db.KeyEvents.CountAsync(e => e.KeyId == walletId && e.Kind == KeyEventKind.Migrated)
        );
        migrations.ShouldBe(1);
        (await MasterKeysAsync(host)).ShouldBe(["v1"]);
    }

    [Fact]
    public async Task A_migration_that_fails_stops_no_payment_and_is_told()
    {
        await using var host = new SettlementHost();
        await host.InitializeAsync();
        using var account = Account.Generate();
        var pool = await host.CreatePoolAsync(Sol, poolId => OldWallet(poolId, account));
        await host.WithAsync(
            (_, db) =>
                db.Database.ExecuteSqlRawAsync(
                    """
                    CREATE FUNCTION refuse_key() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no key changes today'; END $$;
                    CREATE TRIGGER refuse_key BEFORE UPDATE OF encrypted_private_key ON deposit_wallets FOR EACH ROW EXECUTE FUNCTION refuse_key();
                    """
                )
        );

        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        (await MasterKeysAsync(host)).ShouldBe(["plaintext"]);
        var failed = await host.WithAsync((_, db) => db.KeyEvents.AsNoTracking().FirstAsync(e => e.Kind == KeyEventKind.Failed));
        failed.Detail.ShouldBe("not migrated: PostgresException");
        host.Log.Text.ShouldNotContain(OldSystem.Bare(account));
    }

    private static async Task<string> OpenAsync(SettlementHost host, Guid walletId) =>
        await host.WithAsync(
            async (services, db) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                using var opened = await services
                    .GetRequiredService<DepositKeyVault>()
                    .OpenAsync(walletId, Guid.CreateVersion7(), CancellationToken.None);
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                return opened.PublicKey.ToString();
            }
        );

    private static async Task<IHost[]> ReplaceAsync(SettlementHost host, IHost[] workers, params (string, string)[] settings)
    {
        var fresh = new List<IHost>();
        foreach (var worker in workers)
        {
            fresh.Add(await host.StartAnotherAsync(null, settings));
            await worker.StopAsync();
        }
        return [.. fresh];
    }

    private static async Task PayUntilAsync(
        SettlementHost host,
        TrainingPool[] pools,
        List<Payment> payments,
        CancellationToken cancellationToken
    )
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested && i < 150; i++)
        {
            payments.Add(await host.PayAsync(pools[i % pools.Length], TestKeys.FreshAddress(), 5_000_000));
        }
    }

    private static Task<List<string?>> MasterKeysAsync(SettlementHost host) =>
        host.WithAsync((_, db) => db.DepositWalletKeys.Select(k => k.MasterKey).ToListAsync());

    /// <summary>Nothing failed to open, nothing was given up, and each signature has its opening.</summary>
    private static async Task ShouldBeCleanAsync(SettlementHost host)
    {
        var failures = await host.WithAsync((_, db) => db.KeyEvents.CountAsync(e => e.Kind == KeyEventKind.Failed));
        failures.ShouldBe(0);
        var (_, findings) = await host.WithAsync((_, db) => new KeyAudit(db).RunAsync(null, CancellationToken.None));
        findings.ShouldBeEmpty();
        (await host.WithAsync((_, db) => db.Payments.CountAsync(p => p.Status == PaymentStatus.Failed))).ShouldBe(0);
    }

    private static DepositWallet OldWallet(Guid poolId, Account account) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            TrainingPoolId = poolId,
            Address = account.PublicKey.ToString(),
            Key = new DepositWalletKey { EncryptedPrivateKey = OldSystem.Bare(account) },
            CreatedAt = TimeProvider.System.GetUtcNow(),
        };
}
