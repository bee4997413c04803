using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

/// <summary>Row 24 of the fault matrix on real parts: the workers go on with a copy of the database that is older than the chain.</summary>
public sealed class RestoredDatabaseTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task Row_24_a_database_restored_to_before_a_payment_pays_nothing_again_and_finds_it_on_chain()
    {
        var pool = await host.CreatePoolAsync(5 * Sol);
        var (known, forgotten, late) = (TestKeys.FreshAddress(), TestKeys.FreshAddress(), TestKeys.FreshAddress());

        // In the database of the copy, and not signed there: no worker was there to prepare it.
        await host.StopAllAsync();
        var inTheCopy = await host.PayAsync(pool, known, Sol, key: "known");
        await host.BackUpAsync();
        await host.StartAnotherAsync();
        await host.PrepareAsync(inTheCopy);
        var notInTheCopy = await host.PayAsync(pool, forgotten, Sol, key: "forgotten");
        var first = await host.UntilPaymentAsync(inTheCopy.Id, PaymentStatus.Completed);
        var second = await host.UntilPaymentAsync(notInTheCopy.Id, PaymentStatus.Completed);

        await host.StopAllAsync();
        await host.RestoreAsync();
        (await host.WithAsync((_, db) => db.Payments.CountAsync(p => p.Id == notInTheCopy.Id))).ShouldBe(0);
        await host.StartAnotherAsync();
        var during = await host.PayAsync(pool, late, Sol, key: "late");
        await host.UntilFenceAsync(isOpen: false);
        await host.PrepareAsync(inTheCopy);
        await host.PrepareAsync(during);

        // Nothing is signed while the fence stands; by the time it is open, what stands on chain is in the database.
        var waiting = await PatientWait.UntilAsync(
            async () => (await host.TransactionAsync(during)) is { Reason: not null } t ? t : null,
            "the payment to wait at the fence"
        );
        waiting.Reason.ShouldNotBeNull().ShouldStartWith("Signing is fenced");
        (await host.AttemptsAsync(during.TransactionId!.Value)).ShouldBeEmpty();
        await host.UntilFenceAsync(isOpen: true);
        var adopted = await host.UntilPaymentAsync(inTheCopy.Id, PaymentStatus.Completed);
        var again = await host.PayAsync(pool, forgotten, Sol, key: "forgotten");
        var found = await host.UntilPaymentAsync(again.Id, PaymentStatus.Completed);
        await host.UntilPaymentAsync(during.Id, PaymentStatus.Completed);

        adopted.Signature.ShouldBe(first.Signature);
        found.Signature.ShouldBe(second.Signature);
        again.TransactionId.ShouldBe(notInTheCopy.TransactionId);
        foreach (var payment in new[] { adopted, found })
        {
            var attempt = (await host.AttemptsAsync(payment.TransactionId!.Value)).ShouldHaveSingleItem();
            attempt.Status.ShouldBe(AttemptStatus.Finalized);
            attempt.Evidence.ShouldNotBeNull().ShouldContain("RECOVERED");
            (await host.LandedAsync(payment)).ShouldBe(1);
        }
        foreach (var recipient in new[] { known, forgotten, late })
        {
            (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
        }
        (await host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => r.ReleasedAt == null))).ShouldBe(0);
        var (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);

        // And the comparison does see what is different, and takes silence for nothing.
        await host.WithAsync((_, db) => db.TransactionAttempts.Where(a => a.TransactionId == again.TransactionId).ExecuteDeleteAsync());
        (code, report) = await host.ReconcileAsync();
        code.ShouldBe(1, report);
        report.ShouldContain($"UNEXPECTED_ATTEMPT: {found.Signature}");
        await host.FaultsAsync(new { nullAnswers = 1 });
        (code, report) = await host.ReconcileAsync();
        code.ShouldBe(3, report);
    }
}
