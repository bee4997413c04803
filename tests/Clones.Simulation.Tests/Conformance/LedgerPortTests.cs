using System.Numerics;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Ledger;

namespace Clones.Simulation.Tests.Conformance;

public sealed class PostgresLedgerPortTests() : LedgerPortTests(new PostgresPorts());

public sealed class SimulatedLedgerPortTests() : LedgerPortTests(new SimulatedPorts());

/// <summary>What <see cref="ILedgerStore"/> promises, whoever keeps it.</summary>
public abstract class LedgerPortTests
{
    private readonly StorePorts ports;
    private readonly DepositWallet wallet = Sample.Wallet();

    private protected LedgerPortTests(StorePorts ports) => this.ports = ports;

    private ILedgerStore Ledger => ports.Ledger;

    [Fact]
    public Task A_fence_is_raised_for_what_was_read_and_opened_for_the_raising_that_was_looked_into() =>
        RunAsync(async () =>
        {
            var open = await Ledger.ReadFenceAsync(default);
            (open.IsOpen, open.IsHere, open.Held).ShouldBe((true, true, false));
            (await Ledger.RaiseFenceAsync("A drill.", held: false, open.Raising, default)).ShouldBeTrue();
            (await Ledger.RaiseFenceAsync("Late.", held: false, open.Raising, default)).ShouldBeFalse();
            var raised = await Ledger.ReadFenceAsync(default);
            (raised.IsOpen, raised.Raising, raised.Reason, raised.BlockHeight).ShouldBe((false, open.Raising + 1, "A drill.", null));
            raised.Heartbeat.ShouldBeGreaterThanOrEqualTo(open.Heartbeat);

            await Ledger.SetFenceHeightAsync(raised.Raising - 1, 5, default);
            await Ledger.SetFenceHeightAsync(raised.Raising, 7, default);
            await Ledger.SetFenceHeightAsync(raised.Raising, 9, default);
            (await Ledger.ReadFenceAsync(default)).BlockHeight.ShouldBe(7UL);
            (await Ledger.OpenFenceAsync(open, default)).ShouldBeFalse();
            (await Ledger.OpenFenceAsync(raised, default)).ShouldBeTrue();
            (await Ledger.ReadFenceAsync(default)).IsOpen.ShouldBeTrue();
        });

    [Fact]
    public Task A_fence_that_is_held_stays_until_it_is_released_and_is_another_raising_then() =>
        RunAsync(async () =>
        {
            await Ledger.ReleaseFenceAsync(default);
            (await Ledger.ReadFenceAsync(default)).Raising.ShouldBe(1);
            await Ledger.RaiseFenceAsync("By hand.", held: true, raising: null, default);
            await Ledger.RaiseFenceAsync("Again.", held: false, raising: null, default);
            var held = await Ledger.ReadFenceAsync(default);
            held.Held.ShouldBeTrue();
            (await Ledger.OpenFenceAsync(held, default)).ShouldBeFalse();
            await Ledger.ReleaseFenceAsync(default);
            (await Ledger.OpenFenceAsync(held, default)).ShouldBeFalse();
            var released = await Ledger.ReadFenceAsync(default);
            (released.Held, released.IsOpen, released.Raising).ShouldBe((false, false, held.Raising + 1));
            (await Ledger.OpenFenceAsync(released, default)).ShouldBeTrue();
        });

    [Fact]
    public Task Wallets_are_fenced_in_the_order_of_ids_until_each_is_let_through() =>
        RunAsync(async () =>
        {
            var other = Sample.Wallet();
            await ports.PutAsync([other]);
            await Ledger.RaiseFenceAsync("A drill.", held: false, raising: null, default);
            var raised = await Ledger.ReadFenceAsync(default);
            (await FencedAsync()).Select(w => w.Id).ShouldBe(new[] { wallet.Id, other.Id }.Order());
            await Ledger.SaveComparisonAsync(wallet.Id, "7 lamports lack", default);
            (await FencedAsync()).Single(w => w.Id == wallet.Id).ShouldBe(new FencedWallet(wallet.Id, wallet.Address, "7 lamports lack"));
            (await Ledger.LetThroughAsync(other.Id, raised, null, null, default)).ShouldBeTrue();
            (await FencedAsync()).Select(w => w.Id).ShouldBe([wallet.Id]);
            (await Ledger.LetThroughAsync(wallet.Id, raised with { Raising = raised.Raising - 1 }, null, null, default)).ShouldBeFalse();
            (await Ledger.LetThroughAsync(wallet.Id, raised, "accepted", "7 lamports lack", default)).ShouldBeTrue();
            (await FencedAsync()).ShouldBeEmpty();
            await Ledger.SaveComparisonAsync(wallet.Id, null, default);
            (await FencedAsync()).ShouldBeEmpty();

            Task<IReadOnlyList<FencedWallet>> FencedAsync() => Ledger.FencedAsync(raised.Raising, default);
        });

    [Fact]
    public Task Wallets_are_watched_in_the_order_of_ids_with_the_mints_that_they_paid() =>
        RunAsync(async () =>
        {
            var other = Sample.Wallet();
            var paid = Sample.Transaction(wallet, TransactionStatus.Finalized);
            await ports.PutAsync([
                other,
                paid,
                Sample.Payment(paid, wallet, "b"),
                Sample.Payment(paid, wallet, "a"),
                Sample.Payment(paid, wallet, "a"),
                Sample.Payment(paid, wallet),
            ]);

            var all = await Ledger.WalletsAsync(only: null, default);
            all.Select(w => w.Id).ShouldBe(new[] { wallet.Id, other.Id }.Order());
            var watched = (await Ledger.WalletsAsync([wallet.Id], default)).ShouldHaveSingleItem();
            (watched.Id, watched.Address).ShouldBe((wallet.Id, wallet.Address));
            watched.Mints.ShouldBe(["a", "b"]);
        });

    [Fact]
    public Task Movements_add_up_to_each_slot_and_by_mint() =>
        RunAsync(async () =>
        {
            await SaveAsync(Sample.Movement(wallet, "one", 5, 100), Sample.Movement(wallet, "one", 5, 9, ordinal: 1, mint: "mint"));
            await SaveAsync(Sample.Movement(wallet, "two", 8, -30));

            var sums = await Ledger.SumsAsync(wallet.Id, [4, 5, 8], default);
            sums.ToDictionary()
                .ShouldBe(
                    new Dictionary<(ulong, string), BigInteger>
                    {
                        [(5, "")] = 100,
                        [(5, "mint")] = 9,
                        [(8, "")] = 70,
                        [(8, "mint")] = 9,
                    },
                    ignoreOrder: true
                );
        });

    [Fact]
    public Task What_was_read_is_stored_once_and_anew_where_more_is_known() =>
        RunAsync(async () =>
        {
            var onChain = Sample.OnChain(wallet, null, 5, "one");
            await Ledger.SaveAsync(
                [new WalletReading(onChain, [Sample.Movement(wallet, "one", 5, 0, unparsedByVersion: 0)])],
                anew: false,
                default
            );
            await SaveAsync(Sample.Movement(wallet, "one", 5, 50));
            (await SumAsync()).ShouldBe(0);
            (await Ledger.KnownAsync(wallet.Id, ["one", "two"], parsedOnly: false, default)).ShouldBe(["one"]);
            (await Ledger.KnownAsync(wallet.Id, ["one", "two"], parsedOnly: true, default)).ShouldBeEmpty();
            (await Ledger.UnparsedAsync(wallet.Id, 1, default)).ShouldBe([("one", 5UL)]);
            (await Ledger.UnparsedAsync(wallet.Id, 0, default)).ShouldBeEmpty();

            await Ledger.SaveAsync([new WalletReading(onChain, [Sample.Movement(wallet, "one", 5, 50)])], anew: true, default);
            (await SumAsync()).ShouldBe(50);
            (await Ledger.UnparsedAsync(wallet.Id, 1, default)).ShouldBeEmpty();
            (await Ledger.KnownAsync(wallet.Id, ["one"], parsedOnly: true, default)).ShouldBe(["one"]);

            async Task<BigInteger> SumAsync() => (await Ledger.SumsAsync(wallet.Id, [9], default))[(9, "")];
        });

    [Fact]
    public Task Unparsed_spending_is_what_left_the_wallet_unread() =>
        RunAsync(async () =>
        {
            await SaveAsync(Sample.Movement(wallet, "in", 5, 5, unparsedByVersion: 0));
            (await Ledger.HasUnparsedSpendingAsync(wallet.Id, default)).ShouldBeFalse();
            await SaveAsync(Sample.Movement(wallet, "out", 6, -5, unparsedByVersion: 0));
            (await Ledger.HasUnparsedSpendingAsync(wallet.Id, default)).ShouldBeTrue();
        });

    [Fact]
    public Task A_scanned_slot_never_goes_back() =>
        RunAsync(async () =>
        {
            (await ScannedAsync()).ShouldBeEmpty();
            foreach (var slot in (ulong[])[0, 9, 4])
            {
                await Ledger.SetScannedSlotAsync(wallet.Id, ["address"], slot, default);
            }
            await Ledger.SetScannedSlotAsync(wallet.Id, ["address", "another"], 7, default);
            (await ScannedAsync()).ShouldBe(new Dictionary<string, ulong> { ["address"] = 9, ["another"] = 7 }, ignoreOrder: true);

            Task<IReadOnlyDictionary<string, ulong>> ScannedAsync() => Ledger.ScannedSlotsAsync(wallet.Id, default);
        });

    private Task SaveAsync(params Domain.Ledger.WalletMovement[] movements) =>
        Ledger.SaveAsync([new WalletReading(null, movements)], anew: false, default);

    private Task RunAsync(Func<Task> test) =>
        ports.RunAsync(async () =>
        {
            await ports.PutAsync([wallet]);
            await test();
        });
}
