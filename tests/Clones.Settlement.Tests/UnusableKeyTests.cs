using Clones.Custody.Audit;
using Clones.Domain.Keys;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

/// <summary>A deposit wallet whose stored key does not open, with forty payments that want it, beside one that is well.</summary>
public sealed class UnusableKeyTests(UnusableKeyHost host, ITestOutputHelper output) : IClassFixture<UnusableKeyHost>
{
    private const int Waiting = 40;
    private const int Healthy = 20;
    private const ulong Sol = 1_000_000_000;

    [Theory]
    [InlineData(Damage.OtherVersion)]
    [InlineData(Damage.FlippedDigit)]
    [InlineData(Damage.Exchanged)]
    public async Task Row_31_the_payments_of_a_wallet_whose_key_does_not_open_wait_and_all_others_are_paid_at_full_rate(Damage damage)
    {
        await host.CountAsync();
        var (broken, partner, healthy) = (
            await host.CreatePoolAsync(2 * Sol),
            await host.CreatePoolAsync(0),
            await host.CreatePoolAsync(2 * Sol)
        );
        await PaidInAsync(healthy); // warm
        var without = await PaidInAsync(healthy);
        var wallet = broken.DepositWalletId!.Value;
        var before = await host.WithAsync((_, db) => DamagedKeys.DamageAsync(db, damage, wallet, partner.DepositWalletId!.Value));
        var began = TimeProvider.System.GetTimestamp();

        var waiting = await PayAsync(broken, Waiting);
        var with = await PaidInAsync(healthy);
        await PatientWait.UntilAsync(
            async () => (await ReasonsAsync(broken)).TrueForAll(r => r is not null) ? "told" : null,
            "every payment of the wallet to have its reason"
        );
        await PatientWait.UntilAsync(async () => (await FailuresAsync(wallet)).Count > 0 ? "told" : null, "the log of the keys to tell it");
        var withToo = await PaidInAsync(healthy);

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        output.WriteLine($"{damage}: {Healthy} payments of the other pool took {without}, with it {with} and {withToo}");
        // Other tests run beside this one. Without the cure it took over a minute, and the next twenty never ended.
        with.ShouldBeLessThan(2 * without + TimeSpan.FromSeconds(20));
        withToo.ShouldBeLessThan(2 * without + TimeSpan.FromSeconds(20));
        (await ReasonsAsync(broken)).ShouldAllBe(r => r!.StartsWith("key_unusable: "));
        (await StatusesAsync(broken)).ShouldAllBe(s => s == PaymentStatus.Accepted);
        // Waits of 0.5, 1 and 2 s, a tenth less, and then of 4 s; one look more for the time that the counting takes.
        var most = 5 + (int)(elapsed.TotalSeconds / 3.6);
        var asked = waiting.Select(p => host.TimesAsked(p.TransactionId!.Value)).ToList();
        output.WriteLine($"asked for {asked.Min()} to {asked.Max()} times in {elapsed}, {asked.Sum()} in all");
        asked.ShouldAllBe(times => times >= 1 && times <= most);
        (await host.ErrorQueuesAsync()).ShouldBeEmpty();
        var failure = (await FailuresAsync(wallet)).ShouldHaveSingleItem();
        output.WriteLine($"{failure.FromKey}: {failure.Detail}");

        await host.WithAsync(
            async (_, db) =>
            {
                await DamagedKeys.RepairAsync(db, before);
                return true;
            }
        );
        foreach (var payment in waiting)
        {
            (await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed)).Reason.ShouldBeNull();
        }
        (await FailuresAsync(wallet)).Count.ShouldBe(1);
        (await host.WithAsync((_, db) => db.UnusableKeys.CountAsync(k => k.KeyId == wallet))).ShouldBe(0);
        await ShouldPassAuditAsync();
    }

    [Fact]
    public async Task After_a_success_the_same_failure_is_a_new_row_and_so_is_another_cause()
    {
        var (pool, partner) = (await host.CreatePoolAsync(Sol), await host.CreatePoolAsync(0));
        var wallet = pool.DepositWalletId!.Value;
        for (var round = 1; round <= 2; round++)
        {
            var before = await DamageAsync(Damage.FlippedDigit);
            var payment = (await PayAsync(pool, 1))[0];
            await UntilFailuresAsync(round);
            await RepairAsync(before);
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        var whole = await DamageAsync(Damage.FlippedDigit);
        await PayAsync(pool, 1);
        await UntilFailuresAsync(3);
        await RepairAsync(whole);
        await DamageAsync(Damage.OtherVersion);
        await UntilFailuresAsync(4);
        await RepairAsync(whole);

        (await FailuresAsync(wallet)).Select(f => f.FromKey).ShouldBe(["v1", "v1", "v1", "v9"]);
        await ShouldPassAuditAsync();

        Task<IReadOnlyDictionary<Guid, string>> DamageAsync(Damage damage) =>
            host.WithAsync((_, db) => DamagedKeys.DamageAsync(db, damage, wallet, partner.DepositWalletId!.Value));

        Task<bool> RepairAsync(IReadOnlyDictionary<Guid, string> before) =>
            host.WithAsync(
                async (_, db) =>
                {
                    await DamagedKeys.RepairAsync(db, before);
                    return true;
                }
            );

        Task UntilFailuresAsync(int count) =>
            PatientWait.UntilAsync(
                async () => (await FailuresAsync(wallet)).Count >= count ? "told" : null,
                $"{count} rows about failures"
            );
    }

    private Task<Payment[]> PayAsync(TrainingPool pool, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(_ => host.PayAsync(pool, TestKeys.FreshAddress(), 2_000_000)));

    private async Task<TimeSpan> PaidInAsync(TrainingPool pool)
    {
        var began = TimeProvider.System.GetTimestamp();
        foreach (var payment in await PayAsync(pool, Healthy))
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }
        return TimeProvider.System.GetElapsedTime(began);
    }

    private Task<List<string?>> ReasonsAsync(TrainingPool pool) =>
        host.WithAsync((_, db) => db.Payments.Where(p => p.TrainingPoolId == pool.Id).Select(p => p.Reason).ToListAsync());

    private Task<List<PaymentStatus>> StatusesAsync(TrainingPool pool) =>
        host.WithAsync((_, db) => db.Payments.Where(p => p.TrainingPoolId == pool.Id).Select(p => p.Status).ToListAsync());

    private Task<List<WalletKeyEvent>> FailuresAsync(Guid wallet) =>
        host.WithAsync(
            (_, db) =>
                db
                    .KeyEvents.AsNoTracking()
                    .Where(e => e.KeyId == wallet && e.Kind == KeyEventKind.Failed)
                    .OrderBy(e => e.Sequence)
                    .ToListAsync()
        );

    private async Task ShouldPassAuditAsync()
    {
        var (_, findings) = await host.WithAsync((_, db) => new KeyAudit(db).RunAsync(null, TestContext.Current.CancellationToken));
        // Wallets of this host are made without their CREATED being told.
        findings.Where(f => !f.Detail.Contains("does not know where it came from")).ShouldBeEmpty();
    }
}
