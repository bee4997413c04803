using System.Numerics;
using Clones.Domain.Ledger;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Transactions;
using Clones.Settlement.Rules;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests;

/// <summary>Several payments in one transaction: real acceptance, workers, database and token program.</summary>
public sealed class PayoutBatchTests(MidFlightHost host) : IClassFixture<MidFlightHost>, IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;
    private const ulong Amount = 1_000;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Fact]
    public async Task Twelve_payments_to_people_with_accounts_share_one_transaction_and_cost_less_than_500_lamports_each()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 12);
        await tokens.MakeAccountsAsync();

        var payments = await tokens.PayAllAsync();
        var completed = await CompletedAsync(payments);

        payments.Select(p => p.TransactionId).Distinct().ShouldHaveSingleItem();
        var attempt = (await host.AttemptsAsync(payments[0].TransactionId!.Value)).ShouldHaveSingleItem();
        attempt.WireBytes!.Length.ShouldBeInRange(1_100, Transaction.SizeMax);
        completed.ShouldAllBe(p => p.Signature == attempt.Signature && p.Slot == attempt.Slot);
        (await host.LandedAsync(completed[0])).ShouldBe(1);
        await tokens.EachShouldHoldAsync(Amount);
        var spent = Sol - (await host.Bystander.GetBalanceAsync(tokens.Wallet)).Value;
        spent.ShouldBe(attempt.FeeLamportsMax);
        (spent / 12).ShouldBeLessThan(500ul);
        await NothingIsReservedAsync(tokens.Pool);
        TransactionMemo
            .Parse(MessageTransfers.MemoOf(Message.Deserialize(attempt.MessageBytes)))!
            .PaymentTags.ShouldBe(completed.OrderBy(p => p.Id).Select(p => p.Tag));
    }

    [Fact]
    public async Task People_without_accounts_get_them_in_as_few_transactions_as_the_packet_allows()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 12);

        var payments = await tokens.PayAllAsync();
        await CompletedAsync(payments);

        payments.Select(p => p.TransactionId).Distinct().Count().ShouldBe(2);
        await tokens.EachShouldHoldAsync(Amount);
        await NothingIsReservedAsync(tokens.Pool);
    }

    [Fact]
    public async Task Lamports_at_the_address_of_a_missing_token_account_part_nobody()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 3);
        await tokens.PayToAddressOfAccountAsync(1);

        var payments = await tokens.PayAllAsync();
        var completed = await CompletedAsync(payments);

        completed.Select(p => p.Signature).Distinct().ShouldHaveSingleItem();
        await tokens.EachShouldHoldAsync(Amount);
        await NothingIsReservedAsync(tokens.Pool);
    }

    [Fact]
    public async Task What_each_payment_of_a_batch_has_cost_is_booked_and_adds_up_to_what_the_chain_took()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 3);
        await tokens.PayToAddressOfAccountAsync(1);
        var completed = await CompletedAsync(await tokens.PayAllAsync());

        await host.ReconcileAsync();

        var walletId = completed[0].WalletId;
        var movements = await host.WithAsync(
            (_, db) =>
                db.WalletMovements.AsNoTracking().Where(m => m.WalletId == walletId && m.Signature == completed[0].Signature).ToListAsync()
        );
        var costs = movements.Where(m => m.Mint is null).ToLookup(m => m.PaymentTag);
        foreach (var payment in completed)
        {
            costs[payment.Tag].Count(m => m.Kind is MovementKind.Fee).ShouldBe(1);
            costs[payment.Tag].Count(m => m.Kind is MovementKind.Rent).ShouldBe(1);
            movements.Single(m => m.Kind is MovementKind.Payment && m.PaymentTag == payment.Tag).Delta.ShouldBe(-(BigInteger)Amount);
        }
        var left = (await host.Bystander.GetBalanceAsync(tokens.Wallet)).Value;
        costs.SelectMany(c => c).Aggregate(BigInteger.Zero, (sum, m) => sum - m.Delta).ShouldBe(Sol - left);
    }

    [Fact]
    public async Task Payments_of_SOL_share_a_transaction_and_the_wallet_pays_one_fee()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        var requests = Enumerable.Range(1, 3).Select(i => Request(pool, (ulong)i * 100_000_000)).ToList();

        var payments = await AcceptAsync(requests);
        var completed = await CompletedAsync(payments);

        var attempt = (await host.AttemptsAsync(payments.Select(p => p.TransactionId).Distinct().Single()!.Value)).ShouldHaveSingleItem();
        completed.ShouldAllBe(p => p.Signature == attempt.Signature);
        foreach (var request in requests)
        {
            (await host.Bystander.GetBalanceAsync(request.Recipient)).Value.ShouldBe(request.Amount);
        }
        (await host.Bystander.GetBalanceAsync(await WalletAsync(pool))).Value.ShouldBe(2 * Sol - 600_000_000 - attempt.FeeLamportsMax);
        await NothingIsReservedAsync(pool);
    }

    [Fact]
    public async Task A_pool_with_a_payout_batch_of_one_pays_each_alone()
    {
        var pool = await host.CreatePoolAsync(2 * Sol);
        await host.WithAsync(
            (_, db) => db.TrainingPools.Where(p => p.Id == pool.Id).ExecuteUpdateAsync(p => p.SetProperty(t => t.PayoutBatch, 1))
        );

        var payments = await AcceptAsync([.. Enumerable.Range(0, 3).Select(_ => Request(pool, 1_000_000))]);
        await CompletedAsync(payments);

        payments.ShouldAllBe(p => p.TransactionId == p.Tag);
    }

    [Fact]
    public async Task Row_28_a_payment_that_a_simulation_finds_impossible_leaves_and_fails_while_the_others_are_paid_once()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 5);
        await tokens.MakeAccountsAsync();
        // Frozen between acceptance and signing: acceptance itself would reject it.
        await host.StopAllAsync();
        var payments = await tokens.PayAllAsync();
        await tokens.FreezeAsync(2);
        await host.StartAnotherAsync();
        await host.PrepareAsync(payments[0]);

        await OthersShouldBePaidAsync(tokens, payments, but: 2, reason: "simulation");
    }

    [Fact]
    public async Task Row_28_a_payment_that_fails_on_chain_only_leaves_and_fails_while_the_others_are_paid_once()
    {
        await using var tokens = await TokenPool.CreateAsync(host, people: 5);
        await tokens.MakeAccountsAsync();
        await host.FaultsAsync(new { front = 0, drop = 1 });
        await host.FaultsAsync(new { front = 1, drop = 1 });
        var payments = await tokens.PayAllAsync();
        await PatientWait.UntilAsync(
            async () =>
                (await host.AttemptsAsync(payments[0].TransactionId!.Value)) is [{ Status: AttemptStatus.Broadcast }] ? "sent" : null,
            "the bytes to be sent and lost"
        );
        await tokens.FreezeAsync(3);
        await host.HealAsync();

        await OthersShouldBePaidAsync(tokens, payments, but: 3, reason: "simulation");
        var failed = await host.TransactionAsync(payments[0]);
        failed.Status.ShouldBe(TransactionStatus.Failed);
        failed.Reason.ShouldNotBeNull().ShouldStartWith("The chain rejected it in slot ");
    }

    private async Task OthersShouldBePaidAsync(TokenPool tokens, IReadOnlyList<Payment> payments, int but, string reason)
    {
        var failed = await host.UntilPaymentAsync(payments[but].Id, PaymentStatus.Failed);
        var completed = await CompletedAsync([.. payments.Where((_, i) => i != but)]);

        failed.Reason.ShouldNotBeNull().ShouldContain(reason);
        failed.TransactionId.ShouldBe(failed.Tag);
        completed.Select(p => p.TransactionId).Distinct().ShouldHaveSingleItem().ShouldNotBe(payments[0].TransactionId);
        await tokens.EachShouldHoldAsync(Amount, but);
        await NothingIsReservedAsync(tokens.Pool);
    }

    private async Task<IReadOnlyList<Payment>> CompletedAsync(IReadOnlyList<Payment> payments)
    {
        var completed = new List<Payment>();
        foreach (var payment in payments)
        {
            completed.Add(await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed));
        }
        return completed;
    }

    private async Task NothingIsReservedAsync(TrainingPool pool) =>
        (
            await host.WithAsync(
                (_, db) =>
                    db.WalletReservations.CountAsync(r =>
                        r.ReleasedAt == null && db.DepositWallets.Any(w => w.Id == r.WalletId && w.TrainingPoolId == pool.Id)
                    )
            )
        ).ShouldBe(0);

    private async Task<PublicKey> WalletAsync(TrainingPool pool) =>
        PublicKey.Parse((await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id))).Address);

    private Task<IReadOnlyList<Payment>> AcceptAsync(IReadOnlyList<PaymentRequest> requests) => TokenPool.AcceptAsync(host, requests);

    private static PaymentRequest Request(TrainingPool pool, ulong lamports) =>
        TokenPool.Request(pool, PublicKey.Parse(TestKeys.FreshAddress()), null, lamports, Guid.NewGuid().ToString());
}
