using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Solana.Primitives;

namespace Clones.Simulation.Tests;

/// <summary>Transactions of several wallets that are prepared together: what is wrong with one of them is not the others'.</summary>
public sealed class PreparationGroupTests : IDisposable
{
    private const int Minute = Scenario.Minute;
    private readonly World world;
    private readonly DepositWallet[] wallets;

    public PreparationGroupTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        world = new World(seed: 109, nodes: 2, workers: 2);
        wallets = [.. Enumerable.Range(0, 4).Select(_ => world.AddWallet())];
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void A_group_of_wallets_asks_once_for_master_keys_that_are_away()
    {
        world.KeysAreAway = true;
        Accept();
        world.Timeline.RunUntil(() => world.Database.Payments.Values.All(p => p.Reason is not null), Minute).ShouldBeTrue();

        world.KeyOpenings.ShouldBe(1);
        world.Database.Payments.Values.ShouldAllBe(p => p.Reason!.StartsWith("keys_unavailable"));
        world.KeysAreAway = false;
        Finish();
        world.Database.Payments.Values.ShouldAllBe(p => p.Status == PaymentStatus.Completed);
    }

    [Fact]
    public void A_poisoned_row_of_one_wallet_keeps_no_other_wallet_of_the_group_waiting()
    {
        world.PoisonedWallets.Add(wallets[1].Id);
        Accept();
        world.Timeline.RunUntil(() => Others().All(p => p.Status == PaymentStatus.Completed), Minute).ShouldBeTrue();

        Poisoned().Status.ShouldBe(PaymentStatus.Accepted);
        world.PoisonedWallets.Clear();
        Finish();
        Poisoned().Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void A_key_that_does_not_open_keeps_no_other_wallet_of_the_group_waiting()
    {
        world.DamagedKeys.Add(wallets[2].Id);
        Accept();
        world
            .Timeline.RunUntil(
                () => world.Database.Payments.Values.Count(p => p.Status == PaymentStatus.Completed) == wallets.Length - 1,
                Minute
            )
            .ShouldBeTrue();

        world.Database.Payments.Values.Single(p => p.WalletId == wallets[2].Id).Reason.ShouldNotBeNull().ShouldStartWith("key_unusable");
        world.DamagedKeys.Clear();
        Finish();
    }

    [Fact]
    public void Transactions_of_one_wallet_that_end_in_one_commit_raise_its_settled_slot_to_the_last_of_them()
    {
        for (var i = 0; i < 3; i++)
        {
            world.Accept(wallets[0], (Fresh(), 1_000_000));
        }
        Finish();

        world.Database.Wallets[wallets[0].Id].SettledSlot.ShouldBe(world.Database.Attempts.Values.Max(a => a.Slot!.Value));
        world.Database.Transactions.Values.ShouldAllBe(t => t.Status == TransactionStatus.Finalized);
    }

    private void Accept() => world.AcceptFromEach(wallets, Fresh(), 1_000_000);

    private PublicKey Fresh() => new(world.RandomSource.Bytes(PublicKey.Length));

    private Payment Poisoned() => world.Database.Payments.Values.Single(p => p.WalletId == wallets[1].Id);

    private IEnumerable<Payment> Others() => world.Database.Payments.Values.Where(p => p.WalletId != wallets[1].Id);

    private void Finish() => History.Finish(world, 0, world.Timeline.Now).Findings.ShouldBeEmpty();
}
