using Clones.Acceptance;
using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Settlement.Funds;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Settlement.Tests;

public sealed class WaitingForFundsTests(SettlementHost host) : IClassFixture<SettlementHost>, IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Fact]
    public async Task Payments_that_wait_go_on_when_funds_come_the_large_one_before_the_small_ones_behind_it()
    {
        var pool = await host.CreatePoolAsync(Sol);
        var large = await AskAsync(pool, 2 * Sol);
        var small = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AskAsync(pool, 100_000_000)));

        // There was enough for each small one all the time.
        large.Reason.ShouldNotBeNull().ShouldStartWith("insufficient_funds: ");
        small.ShouldAllBe(p => p.Status == PaymentStatus.WaitingForFunds);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        await host.Rpc.Primary.RequestAirdropAsync(PublicKey.Parse(wallet.Address), 2 * Sol);

        foreach (var payment in (Payment[])[large, .. small])
        {
            var completed = await host.UntilPaymentAsync(payment.Id, PaymentStatus.Completed);
            completed.Reason.ShouldBeNull();
            (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(payment.Recipient))).Value.ShouldBe(payment.Amount);
        }
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(large.Recipient))).Value.ShouldBe(2 * Sol);
    }

    [Fact]
    public async Task Row_22_two_payments_with_balance_for_one_the_second_waits_and_is_paid_when_there_is_more()
    {
        var pool = await host.CreatePoolAsync(Sol);
        var both = await Task.WhenAll(AskAsync(pool, 600_000_000), AskAsync(pool, 600_000_000));
        var second = both.Single(p => p.Status == PaymentStatus.WaitingForFunds);
        await host.UntilPaymentAsync(both.Single(p => p != second).Id, PaymentStatus.Completed);

        await UntilReconcilersPassAsync(pool);
        (await StatusOfAsync(second)).ShouldBe(PaymentStatus.WaitingForFunds);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        await host.Rpc.Primary.RequestAirdropAsync(PublicKey.Parse(wallet.Address), Sol);

        (await host.LandedAsync(await host.UntilPaymentAsync(second.Id, PaymentStatus.Completed))).ShouldBe(1);
    }

    [Theory]
    [InlineData("serverError")]
    [InlineData("rateLimit")]
    [InlineData("lagSlots")]
    public async Task Nodes_that_answer_nothing_of_use_change_no_status_and_reject_nothing(string fault)
    {
        var pool = await host.CreatePoolAsync(Sol);
        await UntilPoolIsAsync(pool, TrainingPoolStatus.Live);
        var paid = await host.PayAsync(pool, TestKeys.FreshAddress(), 10_000_000);
        await host.UntilPaymentAsync(paid.Id, PaymentStatus.Completed);
        var waiting = await AskAsync(pool, 2 * Sol);

        await host.FaultsAsync(new Dictionary<string, object> { ["front"] = "all", [fault] = fault == "lagSlots" ? 400 : 1 });
        await PatientWait.UntilAsync(
            () => Task.FromResult(host.Log.Text.Contains($"The funds of training pool {pool.Id} could not be read") ? "read" : null),
            "the reconciler to find no node"
        );

        (await host.WithAsync((_, db) => db.TrainingPools.Where(p => p.Id == pool.Id).Select(p => p.Status).SingleAsync())).ShouldBe(
            TrainingPoolStatus.Live
        );
        (await StatusOfAsync(waiting)).ShouldBe(PaymentStatus.WaitingForFunds);
    }

    [Fact]
    public async Task A_pools_status_follows_what_it_can_pay()
    {
        var pool = await host.CreatePoolAsync(0, price: 100_000_000);
        await UntilPoolIsAsync(pool, TrainingPoolStatus.NoFunds);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));

        await host.Rpc.Primary.RequestAirdropAsync(PublicKey.Parse(wallet.Address), Sol);
        // Not before it was seen live: a reward that waits is paid as soon as there are funds, and may leave too few at once.
        await UntilPoolIsAsync(pool, TrainingPoolStatus.Live);
        var reward = await AskAsync(pool, 950_000_000);
        await host.UntilPaymentAsync(reward.Id, PaymentStatus.Completed);

        await UntilPoolIsAsync(pool, TrainingPoolStatus.NoFunds);
    }

    [Fact]
    public async Task What_was_read_for_payments_that_wait_is_not_read_again_for_the_status_of_the_pool()
    {
        var pool = await host.CreatePoolAsync(Sol);
        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        var known = new WalletBalance(PublicKey.Parse(wallet.Address), 7, Sol, 0, new Dictionary<PublicKey, ulong>());

        var read = await host.WithAsync(
            (services, db) =>
            {
                var answersNothing = new WalletBalances(new CannedNode().Endpoints);
                var funds = ActivatorUtilities.CreateInstance<PoolFunds>(services, db, answersNothing);
                return funds.ReadAsync([pool], new[] { known }.ToLookup(_ => pool.Id), TestContext.Current.CancellationToken);
            }
        );

        read.ShouldHaveSingleItem().Balance.ShouldNotBeNull().Balance.ShouldBe(known);
    }

    [Fact]
    public async Task A_wallet_that_cannot_be_read_keeps_no_other_pool_from_its_status()
    {
        var pools = new List<TrainingPool>();
        for (var i = 0; i < 5; i++)
        {
            pools.Add(await host.CreatePoolAsync(Sol));
        }
        var broken = pools[2];
        var address = await host.WithAsync(
            (_, db) => db.DepositWallets.Where(w => w.TrainingPoolId == broken.Id).Select(w => w.Address).SingleAsync()
        );
        await SetAddressAsync(broken, "none");

        // All of them fall due at once, and are read together.
        await host.WithAsync((_, db) => db.Database.ExecuteSqlAsync($"UPDATE training_pools SET status = 'NO_FUNDS'"));
        await host.WithAsync((_, db) => db.Database.ExecuteSqlAsync($"UPDATE deposit_wallets SET balance_checked_at = NULL"));

        foreach (var pool in pools.Where(pool => pool != broken))
        {
            await PatientWait.UntilAsync(
                async () =>
                    await host.WithAsync((_, db) => db.TrainingPools.AnyAsync(p => p.Id == pool.Id && p.Status == TrainingPoolStatus.Live))
                        ? "so"
                        : null,
                "the pool to be live"
            );
        }
        await PatientWait.UntilAsync(
            () => Task.FromResult(host.Log.Text.Contains($"The funds of training pool {broken.Id} could not be read") ? "said" : null),
            "the one that cannot be read to be named"
        );
        await SetAddressAsync(broken, address);
    }

    private Task<int> SetAddressAsync(TrainingPool pool, string address) =>
        host.WithAsync(
            (_, db) => db.Database.ExecuteSqlAsync($"UPDATE deposit_wallets SET address = {address} WHERE training_pool_id = {pool.Id}")
        );

    private Task<PaymentStatus> StatusOfAsync(Payment payment) =>
        host.WithAsync((_, db) => db.Payments.Where(p => p.Id == payment.Id).Select(p => p.Status).SingleAsync());

    private Task UntilPoolIsAsync(TrainingPool pool, TrainingPoolStatus status) =>
        PatientWait.UntilAsync(
            async () =>
            {
                await LookNowAsync(pool);
                return await host.WithAsync((_, db) => db.TrainingPools.CountAsync(p => p.Id == pool.Id && p.Status == status)) == 1
                    ? "so"
                    : null;
            },
            $"the pool to be {status}"
        );

    private async Task UntilReconcilersPassAsync(TrainingPool pool)
    {
        await LookNowAsync(pool);
        await PatientWait.UntilAsync(
            async () =>
                await host.WithAsync(
                    (_, db) => db.DepositWallets.CountAsync(w => w.TrainingPoolId == pool.Id && w.BalanceCheckedAt != null)
                ) == 1
                    ? "passed"
                    : null,
            "the reconciler to pass"
        );
    }

    private Task<int> LookNowAsync(TrainingPool pool) =>
        host.WithAsync(
            (_, db) =>
                db
                    .DepositWallets.Where(w => w.TrainingPoolId == pool.Id)
                    .ExecuteUpdateAsync(set => set.SetProperty(w => w.BalanceCheckedAt, (DateTimeOffset?)null))
        );

    /// <summary>A reward that may wait, accepted as the API does.</summary>
    private Task<Payment> AskAsync(TrainingPool pool, ulong lamports) =>
        host.WithAsync(
            async (services, _) =>
            {
                var request = new PaymentRequest
                {
                    Kind = PaymentKind.Reward,
                    TrainingPoolId = pool.Id,
                    Recipient = PublicKey.Parse(TestKeys.FreshAddress()),
                    Amount = lamports,
                    Caller = "api-key:test",
                    IdempotencyKey = Guid.NewGuid().ToString(),
                    MayWait = true,
                };
                var result = await services.GetRequiredService<PaymentService>().AcceptAsync(request, CancellationToken.None);
                return result.ShouldBeOfType<PaymentAcceptanceResult.Accepted>().Payment;
            }
        );
}
