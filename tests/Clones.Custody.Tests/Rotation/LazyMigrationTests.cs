using Clones.Domain.Faults;
using Clones.Domain.Keys;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Custody.Tests.Rotation;

public sealed class LazyMigrationTests(RotationHost host) : IClassFixture<RotationHost>
{
    [Fact]
    public async Task Of_two_payments_that_open_the_same_old_key_at_once_one_migrates_it_and_both_are_paid()
    {
        // The first use of a master key writes a row of its own, for which the second payment would wait instead.
        var (earlier, _, _) = await host.CreateOldPoolAsync();
        await host.ShouldAllCompleteAsync([await host.PayAsync(earlier, TestKeys.FreshAddress(), 2_000_000)]);
        var (pool, walletId, secretKey) = await host.CreateOldPoolAsync();
        PlannedCrashes.Frozen[] begun =
        [
            host.Crashes.FreezeAt(CrashPoint.PreparationBegun),
            host.Crashes.FreezeAt(CrashPoint.PreparationBegun),
        ];
        var swapped = host.Crashes.FreezeAt(CrashPoint.KeySwapped);
        var first = await host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000);
        var second = await host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000);
        await Task.WhenAll(begun.Select(b => b.Reached.Task)).OrGiveUpAsync("two payments to begin", TestContext.Current.CancellationToken);

        begun[0].Released.SetResult();
        await swapped.Reached.Task.OrGiveUpAsync("the first to have swapped the key", TestContext.Current.CancellationToken);
        begun[1].Released.SetResult();
        await UntilSomebodyWaitsForTheRowAsync();
        swapped.Released.SetResult();
        await host.ShouldAllCompleteAsync([first, second]);

        var events = await host.EventsAsync(walletId);
        events.Where(e => e.Kind == KeyEventKind.Opened).ShouldAllBe(e => e.FromKey == "v1-unbound");
        events
            .Where(e => e.Kind == KeyEventKind.Opened)
            .Select(e => e.TransactionId)
            .ShouldBe([first.TransactionId, second.TransactionId], ignoreOrder: true);
        events.Where(e => e.Kind != KeyEventKind.Opened).ShouldHaveSingleItem().Kind.ShouldBe(KeyEventKind.Migrated);
        await ShouldHoldAsync(walletId, secretKey, "v1");
    }

    [Fact]
    public async Task A_migration_that_the_database_rejects_does_not_stop_the_payment_and_is_counted_logged_and_kept()
    {
        using var counted = new CountedKeys();
        var (pool, walletId, secretKey) = await host.CreateOldPoolAsync();
        var stored = (await host.KeyAsync(walletId)).EncryptedPrivateKey;
        await host.WithAsync((_, db) => db.Database.ExecuteSqlRawAsync(RejectingTrigger(walletId)));

        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000);
        await host.ShouldAllCompleteAsync([payment]);

        (await host.KeyAsync(walletId)).EncryptedPrivateKey.ShouldBe(stored);
        counted.Of(host.FirstWorker, "clones.keys.migration_failed").ShouldBe(1);
        host.Log.Text.ShouldContain($"Migrating the deposit key {walletId:D}");
        var events = await host.EventsAsync(walletId);
        events.Select(e => e.Kind).ShouldBe([KeyEventKind.Opened, KeyEventKind.Failed]);
        events[1].Detail.ShouldNotBeNull().ShouldStartWith("not migrated:");

        // Once the failure is over, the next payment does what this one could not.
        await host.WithAsync((_, db) => db.Database.ExecuteSqlRawAsync("DROP TRIGGER rejects ON deposit_wallets"));
        await host.ShouldAllCompleteAsync([await host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000)]);
        await ShouldHoldAsync(walletId, secretKey, "v1");
    }

    [Fact]
    public async Task What_is_older_than_the_least_version_is_not_opened_and_the_error_names_the_wallet()
    {
        var (_, walletId, _) = await host.CreateOldPoolAsync();
        using var strict = host.Build(
            _ => { },
            new Dictionary<string, string?>(Versions.UpTo(2)) { ["DEPOSIT_KEY_ENCRYPTION_MIN_VERSION"] = "2" }
        );
        await using var scope = strict.Services.CreateAsyncScope();

        var transactionId = Guid.NewGuid();
        var rejected = await Should.ThrowAsync<KeyUnusableException>(() =>
            scope.ServiceProvider.GetRequiredService<DepositKeyVault>().OpenAsync(walletId, transactionId, CancellationToken.None)
        );

        rejected.Message.ShouldContain(walletId.ToString());
        rejected.Message.ShouldContain("v1-unbound");
        rejected.Message.ShouldContain("DEPOSIT_KEY_ENCRYPTION_MIN_VERSION is 2");
        var failed = (await host.EventsAsync(walletId)).ShouldHaveSingleItem();
        failed.Kind.ShouldBe(KeyEventKind.Failed);
        failed.TransactionId.ShouldBe(transactionId);
        failed.FromKey.ShouldBe("v1-unbound");
    }

    private static string RejectingTrigger(Guid walletId) =>
        $"""
            CREATE OR REPLACE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN RAISE EXCEPTION 'not this one'; END $body$;
            CREATE TRIGGER rejects BEFORE UPDATE OF encrypted_private_key ON deposit_wallets
                FOR EACH ROW WHEN (OLD.id = '{walletId:D}') EXECUTE FUNCTION reject();
            """;

    private async Task UntilSomebodyWaitsForTheRowAsync() =>
        await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    async (_, db) =>
                        await db
                            .Database.SqlQueryRaw<string>(
                                """
                                SELECT query AS "Value" FROM pg_stat_activity WHERE datname = current_database()
                                    AND wait_event_type = 'Lock' AND query LIKE '%SET encrypted_private_key%'
                                """
                            )
                            .FirstOrDefaultAsync()
                ),
            "the second payment to wait for the row"
        );

    private async Task ShouldHoldAsync(Guid walletId, byte[] secretKey, string masterKey)
    {
        var stored = await host.KeyAsync(walletId);
        stored.MasterKey.ShouldBe(masterKey);
        var address = await host.WithAsync((_, db) => db.DepositWallets.Where(w => w.Id == walletId).Select(w => w.Address).SingleAsync());
        using var ring = Versions.Ring(3);
        var opened = new byte[64];
        Codec.Open(stored.EncryptedPrivateKey, KeyBinding.OfWallet(walletId, address), ring, opened).ShouldBe(masterKey);
        opened.ShouldBe(secretKey);
    }
}
