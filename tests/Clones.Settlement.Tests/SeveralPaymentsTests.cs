using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

public sealed class SeveralPaymentsTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task A_transaction_that_carries_three_payments_settles_all_of_them_by_one_signature()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var payments = await InsertAsync(pool, 100_000_000, 200_000_000, 300_000_000);
        var transactionId = payments[0].TransactionId!.Value;

        await host.PublishAsync(new PrepareTransactions { TransactionIds = [transactionId] });
        var completed = new List<Payment>();
        foreach (var payment in payments)
        {
            completed.Add(await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed));
        }

        var attempt = (await host.AttemptsAsync(transactionId)).ShouldHaveSingleItem();
        completed.ShouldAllBe(p => p.Signature == attempt.Signature && p.Slot == attempt.Slot && p.CompletedAt != null);
        foreach (var payment in payments)
        {
            (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(payment.Recipient))).Value.ShouldBe(payment.Amount);
        }
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(wallet.Address))).Value.ShouldBe(
            2 * Sol - 600_000_000 - attempt.FeeLamportsMax
        );
        (await host.LandedAsync(completed[0])).ShouldBe(1);
        (await OpenReservationsAsync(transactionId)).ShouldBe(0);
    }

    [Fact]
    public async Task A_transaction_of_which_one_payment_cannot_be_made_fails_all_of_them_with_the_reason_and_pays_none()
    {
        var pool = await host.CreatePoolAsync(Sol);
        var payments = await InsertAsync(pool, 100_000_000, 50 * Sol);
        var transactionId = payments[0].TransactionId!.Value;

        await host.PublishAsync(new PrepareTransactions { TransactionIds = [transactionId] });
        foreach (var payment in payments)
        {
            var failed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Failed);
            failed.Reason.ShouldNotBeNull().ShouldContain("simulation");
            (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(payment.Recipient))).Value.ShouldBe(0ul);
        }

        (await host.AttemptsAsync(transactionId)).ShouldBeEmpty();
        (await OpenReservationsAsync(transactionId)).ShouldBe(0);
    }

    private Task<int> OpenReservationsAsync(Guid transactionId) =>
        host.WithAsync((_, db) => db.WalletReservations.CountAsync(r => r.TransactionId == transactionId && r.ReleasedAt == null));

    /// <summary>Rows as an acceptance of several payments would leave them: nothing in the system makes such transactions yet.</summary>
    private Task<List<Payment>> InsertAsync(TrainingPool pool, params ulong[] amounts) =>
        host.WithAsync(
            async (_, db) =>
            {
                var wallet = await db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id);
                var now = TimeProvider.System.GetUtcNow();
                var transaction = new ChainTransaction
                {
                    Id = Guid.CreateVersion7(),
                    Kind = TransactionKind.Payment,
                    Status = TransactionStatus.Accepted,
                    WalletId = wallet.Id,
                    CreatedAt = now,
                };
                var payments = amounts
                    .Select(amount => new Payment
                    {
                        Id = Guid.CreateVersion7(),
                        Kind = PaymentKind.Withdrawal,
                        TrainingPoolId = pool.Id,
                        WalletId = wallet.Id,
                        TransactionId = transaction.Id,
                        Recipient = TestKeys.FreshAddress(),
                        Amount = amount,
                        Status = PaymentStatus.Accepted,
                        Caller = "test",
                        IdempotencyKey = Guid.NewGuid().ToString(),
                        RequestHash = [],
                        CreatedAt = now,
                    })
                    .ToList();
                db.Add(transaction);
                db.AddRange(payments);
                db.Add(
                    new WalletReservation
                    {
                        Id = Guid.CreateVersion7(),
                        WalletId = wallet.Id,
                        TransactionId = transaction.Id,
                        Amount = payments.Aggregate(PaymentAcceptanceRule.FeeLamportsMax, (sum, p) => sum + p.Amount),
                        CreatedAt = now,
                    }
                );
                await db.SaveChangesAsync();
                return payments;
            }
        );
}
