using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Payments;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

/// <summary>Row 30 of the fault matrix on real parts: a database that has forgotten a batch finds each of its payments on chain.</summary>
public sealed class RestoredBatchTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    [Fact]
    public async Task Row_30_each_payment_of_a_forgotten_batch_is_found_on_chain_when_it_is_asked_for_alone_or_with_others()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 4);
        await tokens.MakeAccountsAsync();
        string[] keys = ["one", "two", "three", "four"];
        await host.BackUpAsync();
        var before = await tokens.PayAllAsync(keys);
        var paid = new List<Payment>();
        foreach (var payment in before)
        {
            paid.Add(await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed));
        }
        paid.Select(p => p.Signature).Distinct().ShouldHaveSingleItem();

        await host.StopAllAsync();
        await host.RestoreAsync();
        await host.StartAnotherAsync();
        await host.UntilFenceAsync(isOpen: true);
        var third = await host.UntilPaymentAsync((await tokens.PayAsync(2, keys[2])).Id, PaymentStatus.Completed);

        third.Signature.ShouldBe(paid[2].Signature);
        var (code, report) = await host.ReconcileAsync();
        (code, report.Contains("does not know 3", StringComparison.Ordinal)).ShouldBe((1, true), report);
        var others = await TokenPool.AcceptAsync(host, [.. new[] { 3, 0, 1 }.Select(i => PaymentStore.RequestOf(before[i]))]);
        foreach (var payment in others)
        {
            (await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed)).Signature.ShouldBe(paid[0].Signature);
        }

        (await host.LandedAsync(paid[0])).ShouldBe(1);
        await tokens.EachShouldHoldAsync(1_000);
        var transactions = await host.WithAsync((_, db) => db.Transactions.AsNoTracking().Include(t => t.Attempts).ToListAsync());
        var carried = await host.WithAsync((_, db) => db.Payments.Select(p => p.TransactionId).Distinct().ToListAsync());
        carried.ShouldBe([before[0].TransactionId]);
        transactions.Where(t => t.Id != before[0].TransactionId).ShouldAllBe(t => t.Status == TransactionStatus.Cancelled);
        transactions.Single(t => t.Id == before[0].TransactionId).Attempts.ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Finalized);
        (await host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => r.ReleasedAt == null))).ShouldBe(0);
        (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);
    }
}

/// <summary>The same where the client has changed its mind meanwhile.</summary>
public sealed class AlteredBatchTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    [Fact]
    public async Task Row_30_a_payment_that_is_asked_for_with_another_amount_fails_and_its_neighbours_are_found_as_paid()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 3);
        await tokens.MakeAccountsAsync();
        await host.BackUpAsync();
        var before = await tokens.PayAllAsync(["first", "second", "third"]);
        var paid = new List<Payment>();
        foreach (var payment in before)
        {
            paid.Add(await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed));
        }

        await host.StopAllAsync();
        await host.RestoreAsync();
        var asked = before.Select(PaymentStore.RequestOf).ToList();
        // The histories are not read yet: the same keys make the same transaction.
        var again = await TokenPool.AcceptAsync(host, [asked[0] with { Amount = 1_001 }, asked[1], asked[2]]);
        again.ShouldAllBe(p => p.TransactionId == before[0].TransactionId);
        await host.StartAnotherAsync();
        await host.UntilFenceAsync(isOpen: true);

        (await host.UntilPaymentAsync(again[1].Id, PaymentStatus.Completed)).Signature.ShouldBe(paid[1].Signature);
        (await host.UntilPaymentAsync(again[2].Id, PaymentStatus.Completed)).Signature.ShouldBe(paid[2].Signature);
        var failed = await host.UntilPaymentAsync(again[0].Id, PaymentStatus.Failed);
        failed.Reason.ShouldNotBeNull().ShouldContain(paid[0].Signature!);
        await tokens.EachShouldHoldAsync(1_000);
        (await host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => r.ReleasedAt == null))).ShouldBe(0);
    }
}
