using Clones.Acceptance;
using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Clones.Settlement.Tests;

public sealed class PaymentSettlementTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_payment_is_finalized_once_and_its_books_are_closed()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);

        var payment = await host.PayAsync(pool, recipient, Sol);
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
        (await host.LandedAsync(completed)).ShouldBe(1);
        var attempt = (await host.AttemptsAsync(payment.TransactionId!.Value)).ShouldHaveSingleItem();
        attempt.Status.ShouldBe(AttemptStatus.Finalized);
        completed.Signature.ShouldBe(attempt.Signature);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        wallet.SettledSlot.ShouldBe(completed.Slot!.Value);
        (await host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => r.WalletId == wallet.Id && r.ReleasedAt == null))).ShouldBe(
            0
        );
    }

    [Fact]
    public async Task Two_equal_payments_under_one_blockhash_both_land()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);

        var payments = await Task.WhenAll(host.PayAsync(pool, recipient, 5_000_000), host.PayAsync(pool, recipient, 5_000_000));
        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        var attempts = await Task.WhenAll(payments.Select(p => host.AttemptsAsync(p.TransactionId!.Value)));
        attempts[0].Single().Signature.ShouldNotBe(attempts[1].Single().Signature);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(10_000_000ul);
    }

    [Fact]
    public async Task Twenty_five_payments_settle_within_seconds_of_finality()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var recipients = Enumerable.Range(0, 25).Select(_ => TestKeys.FreshAddress()).ToArray();

        var payments = await Task.WhenAll(recipients.Select(r => host.PayAsync(pool, r, 2_000_000)));
        foreach (var payment in payments)
        {
            await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        }

        foreach (var recipient in recipients)
        {
            (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(2_000_000ul);
        }
    }

    [Fact]
    public async Task Rows_19_and_20_a_message_delivered_again_makes_no_second_attempt_not_even_with_two_workers()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.StartAnotherAsync();

        var payment = await host.PayAsync(pool, recipient, Sol);
        await Task.WhenAll(
            Enumerable
                .Range(0, 20)
                .Select(_ => host.PublishAsync(new PrepareTransactions { TransactionIds = [payment.TransactionId!.Value] }))
        );
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        await host.PublishAsync(new PrepareTransactions { TransactionIds = [payment.TransactionId!.Value] });
        await host.PublishAsync(new TransactionSettled { TransactionId = payment.TransactionId!.Value, Outcome = "FAILED" });
        var later = await host.PayAsync(pool, TestKeys.FreshAddress(), 1_000_000);
        await host.UntilPaymentAsync(later.Id, PaymentStatus.Completed);

        (await host.AttemptsAsync(payment.TransactionId!.Value)).Count.ShouldBe(1);
        (await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed)).Reason.ShouldBeNull();
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
    }

    [Fact]
    public async Task The_same_request_comes_back_as_the_same_payment_and_another_body_under_its_key_is_rejected()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var recipient = PublicKey.Parse(TestKeys.FreshAddress());
        var request = new PaymentRequest
        {
            Kind = PaymentKind.Withdrawal,
            TrainingPoolId = pool.Id,
            Recipient = recipient,
            Amount = 3_000_000,
            Caller = "wallet:x",
            IdempotencyKey = "one key",
        };

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AcceptAsync(request)));
        var other = await AcceptAsync(request with { Amount = 3_000_001 });

        results.OfType<PaymentAcceptanceResult.Accepted>().Count().ShouldBe(1);
        results.OfType<PaymentAcceptanceResult.Replayed>().Count().ShouldBe(7);
        other.ShouldBeOfType<PaymentAcceptanceResult.KeyReused>();
    }

    [Fact]
    public async Task Row_22_two_payments_with_balance_for_one_leave_the_second_rejected()
    {
        var pool = await host.CreatePoolAsync(Sol);
        PaymentRequest Request(string key) =>
            new()
            {
                Kind = PaymentKind.Withdrawal,
                TrainingPoolId = pool.Id,
                Recipient = PublicKey.Parse(TestKeys.FreshAddress()),
                Amount = 6 * Sol / 10,
                Caller = "wallet:y",
                IdempotencyKey = key,
            };

        var results = await Task.WhenAll(AcceptAsync(Request("a")), AcceptAsync(Request("b")));

        results.OfType<PaymentAcceptanceResult.Accepted>().Count().ShouldBe(1);
        results.OfType<PaymentAcceptanceResult.MissingLamports>().ShouldHaveSingleItem().Available.ShouldBeLessThan(4 * Sol / 10);
    }

    private Task<PaymentAcceptanceResult> AcceptAsync(PaymentRequest request) =>
        host.WithAsync((services, _) => services.GetRequiredService<PaymentService>().AcceptAsync(request, CancellationToken.None));
}
