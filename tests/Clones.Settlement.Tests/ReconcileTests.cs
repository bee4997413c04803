using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;

namespace Clones.Settlement.Tests;

/// <summary>The comparison as a command of its own, while no worker runs.</summary>
public sealed class ReconcileTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task It_opens_the_fence_of_a_restored_database_and_a_worker_closes_the_books_of_what_it_found()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(3 * Sol);
        await host.StopAllAsync();
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.BackUpAsync();
        await host.StartAnotherAsync();
        await host.PrepareAsync(payment);
        var paid = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        await host.StopAllAsync();
        await host.RestoreAsync();

        var (code, report) = await host.ReconcileAloneAsync();
        code.ShouldBe(1, report);
        report.ShouldContain($"UNEXPECTED_ATTEMPT: {paid.Signature}");
        report.ShouldContain("RAISED");
        await PatientWait.UntilAsync(
            async () => (await host.ReconcileAloneAsync()).Report is var r && r.Contains("Signing fence: open") ? r : null,
            "the fence to be opened by the command"
        );
        (await host.TransactionAsync(payment)).Status.ShouldBe(TransactionStatus.Finalized);
        await host.StartAnotherAsync();
        var found = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        found.Signature.ShouldBe(paid.Signature);
        (await host.LandedAsync(found)).ShouldBe(1);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
        (code, report) = await host.ReconcileAsync();
        code.ShouldBe(0, report);
    }
}
