using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

public sealed class SettlementFaultTests(SettlementHost host) : IClassFixture<SettlementHost>, IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    // The cluster is the class's: no test leaves its faults to the next.
    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Fact]
    public async Task Row_11_an_attempt_that_was_dropped_gets_a_certificate_and_its_successor_offers_more_and_lands_once()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.FaultsAsync(new { front = "all", drop = 1 });
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Submitted);

        await host.ExpireBlockhashesAsync();
        await PatientWait.UntilAsync(
            async () => (await host.AttemptsAsync(payment.TransactionId!.Value)).Count >= 2 ? "signed" : null,
            "the second attempt"
        );
        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        var attempts = await host.AttemptsAsync(payment.TransactionId!.Value);
        attempts.Count(a => a.Status == AttemptStatus.Finalized).ShouldBe(1);
        foreach (var expired in attempts.Where(a => a.Status != AttemptStatus.Finalized))
        {
            expired.Status.ShouldBe(AttemptStatus.Expired);
            expired.Evidence.ShouldNotBeNull().ShouldContain("\"decision\": \"EXPIRED\"");
        }
        attempts.Zip(attempts.Skip(1)).ShouldAllBe(pair => pair.First.FeeLamportsMax < pair.Second.FeeLamportsMax);
        attempts.ShouldAllBe(a => a.FeeLamportsMax <= PaymentAcceptanceRule.FeeLamportsMax);
        (await host.LandedAsync(completed)).ShouldBe(1);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
    }

    [Fact]
    public async Task Row_14_nodes_that_overstate_the_height_get_no_certificate()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.FaultsAsync(new { front = "all", drop = 1 });
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Submitted);

        await host.FaultsAsync(new { front = "all", heightOffset = 2_000 });
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Unresolved);
        (await host.AttemptsAsync(payment.TransactionId!.Value))
            .ShouldHaveSingleItem()
            .Evidence.ShouldNotBeNull()
            .ShouldContain("blockhash");

        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        (await host.LandedAsync(completed)).ShouldBe(1);
    }

    [Fact]
    public async Task Row_12_nodes_that_lag_behind_the_funding_delay_a_payment_and_fail_none()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        var payment = await host.PayAsync(
            pool,
            recipient,
            Sol,
            beforeCommit: () => host.FaultsAsync(new { front = "all", lagSlots = 300 })
        );
        await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    (_, db) => db.Transactions.Where(t => t.Id == payment.TransactionId).Select(t => t.Reason).SingleOrDefaultAsync()
                ),
            "the transaction to wait for the chain"
        );

        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        (await host.LandedAsync(completed)).ShouldBe(1);
    }

    [Fact]
    public async Task Row_10_rate_limits_everywhere_make_it_unresolved_and_sign_nothing_until_it_recovers()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.FaultsAsync(new { front = "all", drop = 1 });
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Submitted);

        await host.FaultsAsync(new { front = "all", rateLimit = 1 });
        await host.ExpireBlockhashesAsync();
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Unresolved);
        (await host.AttemptsAsync(payment.TransactionId!.Value)).Count.ShouldBe(1);

        await host.HealAsync();
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(Sol);
    }

    [Fact]
    public async Task Row_13_a_node_that_always_answers_null_is_vetoed_by_the_other()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.FaultsAsync(new { front = 1, nullAnswers = 1 });
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Confirmed);
        await host.ExpireBlockhashesAsync();
        (await host.AttemptsAsync(payment.TransactionId!.Value)).Count.ShouldBe(1);

        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
        (await host.AttemptsAsync(payment.TransactionId!.Value)).Count.ShouldBe(1);
        (await host.LandedAsync(completed)).ShouldBe(1);
    }

    [Fact]
    public async Task Row_5_bytes_that_a_worker_committed_and_never_sent_are_sent_by_whoever_looks_next()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.FaultsAsync(new { front = "all", drop = 1 });
        var payment = await host.PayAsync(pool, recipient, Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Submitted);

        // As if the worker had died between its commit and its send: the row says SIGNED, never sent.
        var before = (await host.AttemptsAsync(payment.TransactionId!.Value)).Single();
        await host.WithAsync(
            (_, db) =>
                db.ForgeAsync(() =>
                    db
                        .TransactionAttempts.Where(a => a.TransactionId == before.TransactionId)
                        .ExecuteUpdateAsync(set =>
                            set.SetProperty(a => a.Status, AttemptStatus.Signed)
                                .SetProperty(a => a.SendCount, 0)
                                .SetProperty(a => a.LastSentAt, (DateTimeOffset?)null)
                        )
                )
        );
        await host.HealAsync();
        var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        completed.Signature.ShouldBe(before.Signature);
        (await host.AttemptsAsync(payment.TransactionId!.Value)).ShouldHaveSingleItem().WireBytes.ShouldBe(before.WireBytes);
        (await host.LandedAsync(completed)).ShouldBe(1);
    }

    [Fact]
    public async Task A_payment_that_the_chain_would_reject_fails_cleanly_and_gives_its_reservation_back()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var payment = await host.PayAsync(pool, TestKeys.FreshAddress(), Sol);
        await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);

        // The database believes in more than there is: somebody moved the money by hand.
        var doomed = await host.WithAsync(
            async (services, db) =>
            {
                var copy = new Payment
                {
                    Id = Guid.CreateVersion7(),
                    Kind = PaymentKind.Withdrawal,
                    TrainingPoolId = pool.Id,
                    WalletId = payment.WalletId,
                    Recipient = TestKeys.FreshAddress(),
                    Amount = 50 * Sol,
                    Status = PaymentStatus.Accepted,
                    Caller = "test",
                    IdempotencyKey = Guid.NewGuid().ToString(),
                    RequestHash = [],
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                };
                var transaction = new ChainTransaction
                {
                    Id = Guid.CreateVersion7(),
                    Kind = TransactionKind.Payment,
                    Status = TransactionStatus.Accepted,
                    WalletId = payment.WalletId,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                };
                copy.TransactionId = transaction.Id;
                db.AddRange(transaction, copy);
                await db.SaveChangesAsync();
                return copy;
            }
        );
        await host.PublishAsync(new PrepareTransactions { TransactionIds = [doomed.TransactionId!.Value] });
        var failed = await host.UntilPaymentAsync(doomed.Id, PaymentStatus.Failed);

        failed.Reason.ShouldNotBeNull().ShouldContain("simulation");
        failed.Signature.ShouldBeNull();
        (await host.AttemptsAsync(doomed.TransactionId!.Value)).ShouldBeEmpty();
    }
}
