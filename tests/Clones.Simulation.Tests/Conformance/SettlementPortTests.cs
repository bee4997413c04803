using Clones.Contracts.Settlement;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Settlement.Store;

namespace Clones.Simulation.Tests.Conformance;

public sealed class PostgresSettlementPortTests() : SettlementPortTests(new PostgresPorts());

public sealed class SimulatedSettlementPortTests() : SettlementPortTests(new SimulatedPorts());

/// <summary>What <see cref="ISettlementStore"/> and <see cref="ISettlementWork"/> promise, whoever keeps it.</summary>
public abstract class SettlementPortTests
{
    private protected static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly StorePorts ports;
    private readonly DepositWallet wallet = Sample.Wallet();

    private protected SettlementPortTests(StorePorts ports) => this.ports = ports;

    private ISettlementStore Store => ports.Store;

    [Fact]
    public Task A_lease_takes_the_longest_due_first_and_no_more_than_a_batch() =>
        RunAsync(async now =>
        {
            var due = Enumerable.Range(1, 5).Select(i => InFlight(now - i * Minute)).ToList();
            await PutAsync(due.SelectMany(t => new object[] { t, Sent(t) }));

            (await LeaseAsync("one")).ShouldBe([due[4].Id, due[3].Id, due[2].Id], ignoreOrder: true);
            (await LeaseAsync("two")).ShouldBe([due[1].Id, due[0].Id], ignoreOrder: true);
        });

    [Fact]
    public Task A_lease_leaves_what_is_not_due_not_in_flight_locked_or_held_and_takes_what_a_dead_worker_held() =>
        RunAsync(async now =>
        {
            var (locked, later, held, left) = (
                InFlight(now - Minute),
                InFlight(now + Minute),
                InFlight(now - Minute),
                InFlight(now - Minute)
            );
            (held.LeaseOwner, held.LeaseUntil) = ("other", now + Minute);
            (left.LeaseOwner, left.LeaseUntil) = ("dead", now - Minute);
            var accepted = Sample.Transaction(wallet, TransactionStatus.Accepted, now - Minute);
            await PutAsync(new[] { locked, later, held, left }.SelectMany(t => new object[] { t, Sent(t) }).Append(accepted));
            await using var work = await Store.BeginAsync(default);
            await work.LockAsync(locked.Id, default);

            (await LeaseAsync("one")).ShouldBe([left.Id]);
            var row = await TransactionAsync(left);
            row.LeaseOwner.ShouldBe("one");
            row.LeaseUntil!.Value.ShouldBe(now + StorePorts.Options.LeaseFor, Tolerance);
        });

    [Fact]
    public Task A_lease_hands_out_the_attempt_that_may_be_sent_with_the_address_of_its_wallet() =>
        RunAsync(async now =>
        {
            var transaction = InFlight(now - Minute);
            await PutAsync([
                transaction,
                Sample.Attempt(transaction, AttemptStatus.Expired),
                Sample.Attempt(transaction, AttemptStatus.Broadcast, 2),
            ]);

            var leased = (await Store.LeaseAsync("one", default)).ShouldHaveSingleItem();
            (leased.Attempt.Number, leased.WalletAddress).ShouldBe((2, wallet.Address));
        });

    [Fact]
    public Task A_send_moves_what_is_signed_and_nothing_that_has_moved_on() =>
        RunAsync(async now =>
        {
            var (signed, confirmed) = (
                Sample.Transaction(wallet, TransactionStatus.Signed),
                Sample.Transaction(wallet, TransactionStatus.Confirmed)
            );
            await PutAsync([
                signed,
                Sample.Attempt(signed, AttemptStatus.Signed),
                confirmed,
                Sample.Attempt(confirmed, AttemptStatus.Confirmed),
            ]);
            await Store.MarkSentAsync([new SentAttempt(signed.Id, 1)], now, default);
            await Store.MarkSentAsync([new SentAttempt(confirmed.Id, 1)], now, default);
            await Store.MarkSentAsync([new SentAttempt(Guid.NewGuid(), 1)], now, default);

            (await TransactionAsync(signed)).Status.ShouldBe(TransactionStatus.Broadcast);
            (await TransactionAsync(confirmed)).Status.ShouldBe(TransactionStatus.Confirmed);
            var attempt = (await Store.FindAttemptAsync(signed.Id, 1, default))!;
            (attempt.Status, attempt.SendCount, attempt.LastSentAt).ShouldBe((AttemptStatus.Broadcast, 1, now));
            (await Store.FindAttemptAsync(confirmed.Id, 1, default))!.Status.ShouldBe(AttemptStatus.Confirmed);
            (await Store.FindAttemptAsync(confirmed.Id, 2, default)).ShouldBeNull();
        });

    [Fact]
    public Task What_is_in_flight_is_looked_at_again_and_its_lease_given_back() =>
        RunAsync(async now =>
        {
            var (broadcast, accepted) = (InFlight(now), Sample.Transaction(wallet, TransactionStatus.Accepted, now));
            (broadcast.LeaseOwner, broadcast.LeaseUntil) = ("one", now + Minute);
            await PutAsync([broadcast, accepted]);
            await Store.CheckAgainAsync([broadcast.Id, accepted.Id, Guid.NewGuid()], 5 * Minute, default);

            var row = await TransactionAsync(broadcast);
            row.NextCheckAt.ShouldBe(now + 5 * Minute, Tolerance);
            (row.LeaseOwner, row.LeaseUntil).ShouldBe((null, null));
            (await TransactionAsync(accepted)).NextCheckAt.ShouldBe(now);
        });

    [Fact]
    public Task A_statement_waits_for_the_row_that_another_has_locked() =>
        RunAsync(async now =>
        {
            var transaction = InFlight(now);
            await PutAsync([transaction]);
            await using var work = await Store.BeginAsync(default);
            await work.LockAsync(transaction.Id, default);
            var again = Store.CheckAgainAsync([transaction.Id], 5 * Minute, default);
            await ports.UntilItWaitsAsync(again);
            await work.CommitAsync(default);

            await again;
            (await TransactionAsync(transaction)).NextCheckAt.ShouldBe(now + 5 * Minute, Tolerance);
        });

    [Fact]
    public Task Who_locks_a_transaction_second_waits_and_reads_what_the_first_has_committed() =>
        RunAsync(async _ =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Accepted);
            await PutAsync([transaction]);
            await using var first = await Store.BeginAsync(default);
            await using var second = await Store.BeginAsync(default);
            (await first.LockAsync(transaction.Id, default))!.Reason = "first";
            var waiting = second.LockAsync(transaction.Id, default);
            await ports.UntilItWaitsAsync(waiting);
            await first.CommitAsync(default);

            (await waiting)!.Reason.ShouldBe("first");
            (await second.LockAsync(Guid.NewGuid(), default)).ShouldBeNull();
        });

    [Fact]
    public Task Who_locks_a_wallet_second_waits_and_reads_what_the_first_has_committed() =>
        RunAsync(async _ =>
        {
            await using var first = await Store.BeginAsync(default);
            await using var second = await Store.BeginAsync(default);
            (await first.LockWalletAsync(wallet.Id, default)).SettledSlot = 7;
            var waiting = second.LockWalletAsync(wallet.Id, default);
            await ports.UntilItWaitsAsync(waiting);
            await first.CommitAsync(default);

            (await waiting).SettledSlot.ShouldBe(7UL);
            (await second.WalletAddressAsync(wallet.Id, default)).ShouldBe(wallet.Address);
            (
                await StorePorts.RejectionOfAsync(() => second.LockWalletAsync(Guid.NewGuid(), default))
            ).ShouldBeOfType<InvalidOperationException>();
        });

    [Fact]
    public Task Nothing_has_happened_and_nothing_goes_out_without_the_commit() =>
        RunAsync(async _ =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Accepted);
            await PutAsync([transaction]);
            foreach (var commits in (bool[])[false, true])
            {
                await using (var work = await Store.BeginAsync(default))
                {
                    (await work.LockAsync(transaction.Id, default))!.MoveTo(TransactionStatus.Signed);
                    work.Add(Sample.Attempt(transaction, AttemptStatus.Signed));
                    await work.PublishAsync(new BroadcastTransaction { TransactionId = transaction.Id, AttemptNumber = 1 }, default);
                    await work.SaveAsync(default);
                    if (commits)
                    {
                        await work.CommitAsync(default);
                    }
                }
                (await TransactionAsync(transaction)).Status.ShouldBe(commits ? TransactionStatus.Signed : TransactionStatus.Accepted);
                (await ports.AllAsync<TransactionAttempt>()).Count.ShouldBe(commits ? 1 : 0);
                (await ports.PublishedAsync()).ShouldBe(commits ? 1 : 0);
            }
        });

    [Fact]
    public Task Questions_see_what_was_saved_and_not_what_was_only_changed() =>
        RunAsync(async _ =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Accepted);
            await PutAsync([transaction, Sample.Reservation(transaction, 5)]);
            await using var work = await Store.BeginAsync(default);
            (await work.OpenReservationsAsync(transaction.Id, default)).ShouldHaveSingleItem().ReleasedAt = DateTimeOffset.UnixEpoch;
            (await work.OpenReservationsAsync(transaction.Id, default)).Count.ShouldBe(1);
            await work.SaveAsync(default);
            (await work.OpenReservationsAsync(transaction.Id, default)).ShouldBeEmpty();

            await using var other = await Store.BeginAsync(default);
            (await other.OpenReservationsAsync(transaction.Id, default)).Count.ShouldBe(1);
        });

    [Fact]
    public Task Attempts_come_by_number_and_payments_by_id_and_attempts_are_those_of_their_transaction() =>
        RunAsync(async _ =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Accepted);
            var payments = Enumerable.Range(1, 4).Select(_ => Sample.Payment(transaction, wallet)).ToList();
            await PutAsync([
                transaction,
                Sample.Attempt(transaction, AttemptStatus.Prepared, 2),
                Sample.Attempt(transaction, AttemptStatus.Expired),
                .. payments,
            ]);
            await using var work = await Store.BeginAsync(default);
            var locked = (await work.LockAsync(transaction.Id, default))!;

            (await work.AttemptsAsync(transaction.Id, default)).Select(a => a.Number).ShouldBe([1, 2]);
            locked.Attempts.Select(a => a.Number).ShouldBe([1, 2]);
            (await work.PaymentsAsync(transaction.Id, default)).Select(p => p.Id).ShouldBe(payments.Select(p => p.Id).Order());
        });

    [Fact]
    public Task Payments_are_woken_the_longest_due_first_and_no_more_than_a_batch_and_than_fit_the_queue() =>
        RunAsync(async now =>
        {
            var due = Enumerable.Range(1, 7).Select(i => Sample.Transaction(wallet, TransactionStatus.Accepted, now - i * Minute)).ToList();
            await PutAsync(due);

            (await WakeAsync()).ShouldBe([due[6].Id, due[5].Id, due[4].Id], ignoreOrder: true);
            (await WakeAsync()).ShouldBe([due[3].Id, due[2].Id], ignoreOrder: true);
            (await WakeAsync()).ShouldBeEmpty();
        });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(3, 8)]
    [InlineData(4, 15)]
    [InlineData(99, 15)]
    public Task A_wake_up_is_put_off_the_longer_the_more_came_to_nothing(int wakeUps, int minutes) =>
        RunAsync(async now =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Expired, now - Minute);
            transaction.WakeUps = wakeUps;
            await PutAsync([transaction]);
            (await WakeAsync()).ShouldBe([transaction.Id]);

            var row = await TransactionAsync(transaction);
            (row.WakeUps, row.LeaseOwner).ShouldBe((wakeUps + 1, WakeUp.Owner));
            row.NextCheckAt.ShouldBe(now + minutes * Minute, Tolerance);
            row.LeaseUntil.ShouldBe(row.NextCheckAt);
        });

    [Fact]
    public Task Only_payments_that_wait_are_woken_and_none_that_is_locked_and_uncommitted_wake_ups_count_for_nothing() =>
        RunAsync(async now =>
        {
            var agent = Sample.Agent(wallet);
            var (wanted, locked) = (Waiting(), Waiting());
            await PutAsync([
                agent,
                wanted,
                locked,
                Sample.Transaction(wallet, TransactionStatus.Accepted, now + Minute),
                Sample.Transaction(wallet, TransactionStatus.Broadcast, now - Minute),
                Sample.Transaction(wallet, TransactionStatus.Accepted, now - Minute, TransactionKind.TokenCreation, agent),
            ]);
            await using var work = await Store.BeginAsync(default);
            await work.LockAsync(locked.Id, default);
            await using (var given = await Store.BeginAsync(default))
            {
                (await given.DueForPreparationAsync(default)).ShouldBe([wanted.Id]);
            }

            (await WakeAsync()).ShouldBe([wanted.Id]);

            ChainTransaction Waiting() => Sample.Transaction(wallet, TransactionStatus.Accepted, now - Minute);
        });

    [Fact]
    public Task What_is_over_and_reserves_still_is_closed_again_the_longest_due_first_and_each_time_later() =>
        RunAsync(async now =>
        {
            var due = Enumerable
                .Range(1, 4)
                .Select(i => Sample.Transaction(wallet, TransactionStatus.Finalized, now - i * Minute, kind: TransactionKind.TokenCreation))
                .ToList();
            // Payments are closed in the commit that ends them.
            var payment = Sample.Transaction(wallet, TransactionStatus.Finalized, now - 9 * Minute);
            var released = Sample.Transaction(wallet, TransactionStatus.Failed, now - 9 * Minute, TransactionKind.TokenCreation);
            var open = Sample.Transaction(wallet, TransactionStatus.Accepted, now - 9 * Minute);
            await PutAsync(
                due.SelectMany(t => new object[] { t, Sample.Reservation(t, 1) })
                    .Concat([
                        released,
                        Sample.Reservation(released, 1, isReleased: true),
                        open,
                        Sample.Reservation(open, 1),
                        payment,
                        Sample.Reservation(payment, 1),
                    ])
            );
            await using (var work = await Store.BeginAsync(default))
            {
                var found = await work.DueForClosingAsync(default);
                found.Select(t => t.Id).ShouldBe([due[3].Id, due[2].Id, due[1].Id], ignoreOrder: true);
                await work.CommitAsync(default);
            }

            var row = await TransactionAsync(due[3]);
            (row.WakeUps, row.LeaseOwner).ShouldBe((1, null));
            row.NextCheckAt.ShouldBe(now + Minute, Tolerance);
            await using var next = await Store.BeginAsync(default);
            (await next.DueForClosingAsync(default)).Select(t => t.Id).ShouldBe([due[0].Id]);
        });

    [Fact]
    public Task What_stands_on_chain_is_told_by_wallet_and_transaction_the_oldest_first() =>
        RunAsync(async _ =>
        {
            var other = Sample.Wallet();
            var (one, two) = (Guid.NewGuid(), Guid.NewGuid());
            var onChainRecords = new[] { Sample.OnChain(wallet, one, 9), Sample.OnChain(wallet, two, 3), Sample.OnChain(other, one, 1) };
            await ports.PutAsync([other, .. onChainRecords, Sample.OnChain(wallet, null, 2)]);
            await using var work = await Store.BeginAsync(default);

            var found = await work.OnChainTransactionsAsync(wallet.Id, [one, two, Guid.NewGuid()], default);
            found.Select(l => l.Signature).ShouldBe([onChainRecords[1].Signature, onChainRecords[0].Signature]);
        });

    [Fact]
    public Task What_stands_on_chain_is_found_by_the_tags_of_its_payments_too() =>
        RunAsync(async _ =>
        {
            var (tag, other) = (Guid.NewGuid(), Guid.NewGuid());
            await PutAsync([Sample.OnChain(wallet, Guid.NewGuid(), 3, tags: [other, tag]), Sample.OnChain(wallet, Guid.NewGuid(), 4)]);
            await using var work = await Store.BeginAsync(default);

            (await work.OnChainTransactionsAsync(wallet.Id, [tag], default)).ShouldHaveSingleItem().PaymentTags.ShouldBe([other, tag]);
            (await work.OnChainTransactionsAsync(wallet.Id, [Guid.NewGuid()], default)).ShouldBeEmpty();
        });

    [Fact]
    public Task A_payment_moves_to_a_new_transaction_and_reservation_and_is_found_there_as_soon_as_it_is_saved() =>
        RunAsync(async _ =>
        {
            var from = Sample.Transaction(wallet, TransactionStatus.Accepted);
            var payment = Sample.Payment(from, wallet);
            await PutAsync([from, payment, Sample.Reservation(from, 7)]);
            var to = Sample.Transaction(wallet, TransactionStatus.Accepted);
            await using (var work = await Store.BeginAsync(default))
            {
                (await work.LockAsync(from.Id, default))!.MoveTo(TransactionStatus.Cancelled);
                (await work.OpenReservationsAsync(from.Id, default)).Single().ReleasedAt = Sample.Start;
                (await work.PaymentsAsync(from.Id, default)).Single().TransactionId = to.Id;
                work.Add(to);
                work.Add(Sample.Reservation(to, 7));
                await work.SaveAsync(default);

                (await work.PaymentsAsync(from.Id, default)).ShouldBeEmpty();
                (await work.PaymentsAsync(to.Id, default)).Single().Id.ShouldBe(payment.Id);
                (await work.OpenReservationsAsync(to.Id, default)).Single().Amount.ShouldBe(7ul);
                (await work.LockAsync(to.Id, default))!.Id.ShouldBe(to.Id);
                await work.CommitAsync(default);
            }

            (await TransactionAsync(from)).Status.ShouldBe(TransactionStatus.Cancelled);
            (await TransactionAsync(to)).Status.ShouldBe(TransactionStatus.Accepted);
        });

    [Fact]
    public Task Adoptable_is_what_is_open_and_landed_by_no_live_attempt_and_each_once() =>
        RunAsync(async _ =>
        {
            var (lost, live, over) = (
                Sample.Transaction(wallet, TransactionStatus.Accepted),
                Sample.Transaction(wallet, TransactionStatus.Broadcast),
                Sample.Transaction(wallet, TransactionStatus.Finalized)
            );
            await PutAsync([
                lost,
                live,
                over,
                Sample.Attempt(live, AttemptStatus.Broadcast, signature: "live"),
                Sample.OnChain(wallet, lost.Id, 1),
                Sample.OnChain(wallet, lost.Id, 2),
                Sample.OnChain(wallet, live.Id, 3, "live"),
                Sample.OnChain(wallet, over.Id, 4),
                Sample.OnChain(wallet, Guid.NewGuid(), 5),
            ]);
            await using var work = await Store.BeginAsync(default);

            (await work.AdoptableAsync(wallet.Id, default)).ShouldBe([lost.Id]);
        });

    [Fact]
    public Task A_check_within_the_work_is_by_the_clock_of_the_database_and_gives_the_lease_back() =>
        RunAsync(async now =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Accepted, now);
            (transaction.LeaseOwner, transaction.LeaseUntil) = (WakeUp.Owner, now + Minute);
            await PutAsync([transaction]);
            await using (var work = await Store.BeginAsync(default))
            {
                (await work.LockAsync(transaction.Id, default))!.Reason = "waits";
                await work.CheckAgainAsync(transaction.Id, 3 * Minute, default);
                await work.CheckAgainAsync(Guid.NewGuid(), 3 * Minute, default);
                await work.CommitAsync(default);
            }

            var row = await TransactionAsync(transaction);
            (row.Reason, row.LeaseOwner).ShouldBe(("waits", null));
            row.NextCheckAt.ShouldBe(now + 3 * Minute, Tolerance);
        });

    [Theory]
    [InlineData(AttemptStatus.Broadcast, 2, "other")]
    [InlineData(AttemptStatus.Expired, 2, "same")]
    [InlineData(AttemptStatus.Expired, 1, "other")]
    public Task A_second_live_attempt_a_second_of_one_signature_and_a_second_of_one_number_are_rejected(
        AttemptStatus status,
        int number,
        string signature
    ) =>
        RunAsync(async _ =>
        {
            var transaction = Sample.Transaction(wallet, TransactionStatus.Broadcast);
            await PutAsync([transaction, Sample.Attempt(transaction, AttemptStatus.Broadcast, signature: "same")]);
            await using var work = await Store.BeginAsync(default);
            work.Add(Sample.Attempt(transaction, status, number, signature));

            await StorePorts.RejectionOfAsync(() => work.CommitAsync(default));
        });

    [Fact]
    public Task The_fence_is_asked_and_a_wallet_that_was_compared_since_may_sign() =>
        RunAsync(async _ =>
        {
            (await IsOpenAsync()).ShouldBeTrue();
            await ports.Ledger.RaiseFenceAsync("A drill.", held: false, raising: null, default);
            (await IsOpenAsync()).ShouldBeFalse();
            await ports.Ledger.LetThroughAsync(wallet.Id, await ports.Ledger.ReadFenceAsync(default), null, null, default);
            (await IsOpenAsync()).ShouldBeTrue();

            async Task<bool> IsOpenAsync()
            {
                await using var work = await Store.BeginAsync(default);
                return (await work.AskFenceAsync(wallet.Id, default)).IsOpen;
            }
        });

    private ChainTransaction InFlight(DateTimeOffset dueAt) => Sample.Transaction(wallet, TransactionStatus.Broadcast, dueAt);

    private static TransactionAttempt Sent(ChainTransaction transaction) => Sample.Attempt(transaction, AttemptStatus.Broadcast);

    private async Task<IEnumerable<Guid>> LeaseAsync(string worker) =>
        (await Store.LeaseAsync(worker, default)).Select(l => l.Attempt.TransactionId);

    private async Task<IReadOnlyList<Guid>> WakeAsync()
    {
        await using var work = await Store.BeginAsync(default);
        var due = await work.DueForPreparationAsync(default);
        await work.CommitAsync(default);
        return due;
    }

    private async Task<ChainTransaction> TransactionAsync(ChainTransaction like) =>
        (await ports.AllAsync<ChainTransaction>()).Single(t => t.Id == like.Id);

    private Task PutAsync(IEnumerable<object> rows) => ports.PutAsync(rows);

    private Task RunAsync(Func<DateTimeOffset, Task> test) =>
        ports.RunAsync(async () =>
        {
            await ports.PutAsync([wallet]);
            await test(await ports.NowAsync());
        });
}
