using Clones.Contracts.Settlement;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Solana.Primitives;

namespace Clones.Simulation.Tests;

/// <summary>
/// The rows of the fault matrix (docs/settlement.md) that a process or a server need not really die for; the others are tested on real parts,
/// and the page says where.
/// </summary>
public sealed class FaultMatrixTests
{
    [Fact]
    public void Row_3_killed_after_signing_before_commit_signs_again_and_pays_once()
    {
        var scenario = new Scenario();
        scenario.World.Faults.PlanCrash(CrashPoint.Signed);
        scenario.Finish(Minute);
        scenario.World.Crashes.ShouldContainKey(nameof(CrashPoint.Signed));
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_3_killed_with_the_attempt_written_and_not_committed_leaves_no_attempt_behind()
    {
        var scenario = new Scenario();
        scenario.World.Faults.PlanCrash(CrashPoint.AttemptWritten);
        scenario.World.Timeline.RunUntil(() => scenario.World.Crashes.Count > 0, Minute).ShouldBeTrue();
        scenario.Attempts.ShouldBeEmpty();
        scenario.Finish();
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_4_a_commit_whose_acknowledgement_is_lost_is_read_back_and_there_is_one_attempt()
    {
        var scenario = new Scenario();
        scenario.World.Database.Faults.AcknowledgementLost = 1;
        scenario.RunTo(3_000);
        scenario.World.Database.Faults.AcknowledgementLost = 0;
        scenario.Finish(3_000);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Theory]
    [InlineData(nameof(CrashPoint.BeforeSend))]
    [InlineData(nameof(CrashPoint.AfterSend))]
    public void Rows_5_and_6_killed_around_the_send_the_same_bytes_are_sent_by_another(string point)
    {
        var scenario = new Scenario();
        scenario.World.Faults.PlanCrash(Enum.Parse<CrashPoint>(point));
        scenario.Finish(Minute);
        scenario.World.Crashes.ShouldContainKey(point);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Theory]
    [InlineData(nameof(CrashPoint.DecisionReached))]
    [InlineData(nameof(CrashPoint.DecisionWritten))]
    [InlineData(nameof(CrashPoint.DecisionCommitted))]
    public void Row_7_killed_around_the_certificate_there_is_exactly_one_next_attempt(string point)
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.Drops = 1);
        scenario.World.Chain.DropsForGood = true;
        scenario.RunTo(Minute);
        scenario.World.Faults.PlanCrash(Enum.Parse<CrashPoint>(point));
        scenario.RunTo(2 * Minute);
        scenario.World.Crashes.ShouldContainKey(point);
        scenario.Finish(2 * Minute);
        scenario.ShouldBePaidByAttempt(2);
    }

    [Fact]
    public void Row_9_a_timeout_after_the_node_accepted_makes_no_new_signature()
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.TimesOutAfterAccepting = true);
        scenario.Finish(Minute / 2);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_10_rate_limits_everywhere_make_it_unresolved_sign_nothing_and_recover()
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.Drops = 1);
        scenario.RunTo(2_000);
        scenario.EveryNode(f => f.RateLimited = true);
        scenario.RunTo(5 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Unresolved);
        scenario.Attempts.Count.ShouldBe(1);
        scenario.Finish(5 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_11_a_dropped_transaction_is_sent_again_while_it_lives()
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.Drops = 1);
        scenario.Finish(Minute / 3);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_11_a_transaction_that_was_dropped_for_good_gets_a_certificate_and_a_successor()
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.Drops = 1);
        scenario.World.Chain.DropsForGood = true;
        scenario.RunTo(2 * Minute);
        scenario.Attempts[0].Status.ShouldBe(AttemptStatus.Expired);
        scenario.Finish(2 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_12_a_node_150_slots_behind_gets_no_certificate()
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.Drops = 1);
        scenario.RunTo(2_000);
        scenario.World.Nodes[1].Faults.Lag = 150;
        scenario.RunTo(110_000);
        scenario.Attempts.ShouldHaveSingleItem().Status.ShouldNotBe(AttemptStatus.Expired);
        scenario.Finish(110_000);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_13_a_node_that_always_answers_null_is_vetoed_by_the_other()
    {
        var scenario = new Scenario();
        scenario.World.Nodes[0].Faults.KnowsNothing = true;
        scenario.RunTo(4 * Minute);
        scenario.Attempts.Count.ShouldBe(1);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Confirmed);
        scenario.Finish(4 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Theory]
    [InlineData(1, 2_000)]
    [InlineData(2, 2_000)]
    [InlineData(3, 2_000)]
    [InlineData(3, -2_000)]
    public void Row_14_a_node_that_lies_about_the_height_certifies_nothing_that_lives(int nodes, int offset)
    {
        var scenario = new Scenario(nodes);
        scenario.EveryNode(f => f.Drops = 1);
        scenario.World.Nodes[0].Faults.HeightOffset = offset;
        scenario.RunTo(50_000);
        scenario.Attempts.ShouldHaveSingleItem().Status.ShouldNotBe(AttemptStatus.Expired);
        scenario.Finish(50_000);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_14_a_node_that_tells_a_false_last_valid_height_leads_to_no_second_payment()
    {
        var scenario = new Scenario();
        scenario.World.Nodes[0].Faults.LastValidOffset = -140;
        scenario.EveryNode(f => f.Drops = 1);
        scenario.RunTo(50_000);
        scenario.Attempts.ShouldHaveSingleItem().Status.ShouldNotBe(AttemptStatus.Expired);
        scenario.Finish(50_000);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Row_14_a_claim_of_finality_by_one_node_is_not_believed(int nodes)
    {
        var scenario = new Scenario(nodes);
        scenario.World.Nodes[0].Faults.ClaimsFinalized = true;
        scenario.RunTo(9_000);
        scenario.Payment.Status.ShouldNotBe(PaymentStatus.Completed);
        scenario.World.Chain.RollBack(31);
        scenario.Finish(9_000);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_15_confirmed_and_rolled_back_sends_the_same_bytes_again_and_tells_nobody()
    {
        var scenario = new Scenario();
        scenario.World.Timeline.RunUntil(() => scenario.Payment.Status == PaymentStatus.Confirmed, Minute).ShouldBeTrue();
        scenario.RollBackTheExecution();
        scenario.World.TimesTold(scenario.Payment.Id).ShouldBe(0);
        scenario.Finish(scenario.World.Timeline.Now);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_16_landing_at_the_very_end_of_the_blockhash_is_one_payment()
    {
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var scenario = new Scenario(seed: seed);
            scenario.World.Chain.Inclusion = 0;
            var released = 150 * 400 * 21 / 20;
            scenario.At(released, () => scenario.World.Chain.Inclusion = 1);
            scenario.Finish(released + 1_000);
            scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
        }
    }

    [Fact]
    public void Row_17_an_error_on_one_fork_and_success_on_the_other_is_success()
    {
        var scenario = new Scenario();
        scenario.World.Chain.ExecutionFails = 1;
        scenario.RunTo(6_000);
        scenario.RollBackTheExecution();
        scenario.World.Chain.ExecutionFails = 0;
        scenario.Finish(6_000);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_18_a_blockhash_of_a_fork_that_lost_is_certified_dead_and_signed_anew()
    {
        var scenario = new Scenario();
        scenario.World.Chain.Inclusion = 0;
        scenario.World.Timeline.RunUntil(() => scenario.Attempts.Count == 1, Minute).ShouldBeTrue();
        scenario.World.Chain.RollBack(31).ShouldNotBeNull();
        scenario.World.Chain.Inclusion = 1;
        scenario.Finish(scenario.World.Timeline.Now);
        scenario.ShouldBePaidByAttempt(2);
    }

    [Fact]
    public void Row_19_a_duplicate_message_is_a_no_op_also_after_an_hour()
    {
        var scenario = new Scenario();
        scenario.World.Broker.Repeats = 1;
        scenario.RunTo(2 * Minute);
        scenario.World.Broker.Repeats = 0;
        scenario.At(62 * Minute, () => scenario.World.Broker.Post(new PrepareTransactions { TransactionIds = [scenario.Transaction.Id] }));
        scenario.At(
            62 * Minute,
            () => scenario.World.Broker.Post(new TransactionSettled { TransactionId = scenario.Transaction.Id, Outcome = "FAILED" })
        );
        scenario.Finish(63 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_20_two_workers_that_prepare_one_payment_at_once_make_one_attempt()
    {
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var scenario = new Scenario(seed: seed);
            for (var i = 0; i < 6; i++)
            {
                scenario.World.Broker.Post(new PrepareTransactions { TransactionIds = [scenario.Transaction.Id] });
            }
            scenario.Finish();
            scenario.ShouldBePaidByAttempt(1);
        }
    }

    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(1_500)]
    [InlineData(70_000)]
    public void Row_21_a_worker_stopped_for_ten_minutes_and_resumed_does_no_harm(int stoppedAt)
    {
        var scenario = new Scenario();
        scenario.EveryNode(f => f.Drops = 0.9);
        scenario.At(stoppedAt, () => scenario.World.Workers[0].Process.Stop(10 * Minute));
        scenario.Finish(11 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_23_a_broker_that_is_down_for_minutes_loses_nothing()
    {
        var scenario = new Scenario();
        scenario.World.Broker.Down = true;
        scenario.RunTo(3 * Minute);
        scenario.Attempts.ShouldBeEmpty();
        scenario.Finish(3 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public void Row_24_a_database_restored_to_before_a_payment_finds_it_on_chain_and_pays_nothing_again(int backedUpAt)
    {
        var scenario = new Scenario();
        Action? backup = null;
        scenario.At(backedUpAt, () => backup = scenario.World.Database.BackUp());
        scenario.RunTo(2 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);

        scenario.World.Restore(backup.ShouldNotBeNull());
        scenario.RunTo(3 * Minute);
        scenario.Payment.Status.ShouldNotBe(PaymentStatus.Completed);
        scenario.World.Database.Attempts.ShouldBeEmpty();
        scenario.Finish(4 * Minute);

        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
        scenario.Attempts.ShouldHaveSingleItem().Evidence.ShouldNotBeNull().ShouldContain("RECOVERED");
    }

    [Fact]
    public void Row_24_commits_that_are_rejected_and_a_database_that_dies_are_retried()
    {
        var scenario = new Scenario();
        scenario.World.Database.Faults.CommitFails = 0.7;
        scenario.At(1_000, scenario.World.Database.GoDown);
        scenario.At(20_000, () => scenario.World.Database.Faults.Down = false);
        scenario.Finish(Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void Row_25_a_clock_that_is_an_hour_wrong_changes_nothing_for_payments(int minutes)
    {
        var scenario = new Scenario();
        foreach (var worker in scenario.World.Workers)
        {
            worker.Process.ClockSkew = minutes * Minute;
        }
        scenario.At(2_000, () => scenario.World.Workers[0].Process.ClockSkew = -minutes * Minute);
        scenario.Finish();
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void Row_33_a_node_that_rejects_stops_nothing()
    {
        var scenario = new Scenario(nodes: 3);
        scenario.World.Nodes[0].Faults.Unauthorized = true;
        scenario.RunTo(2 * Minute);
        scenario.ShouldBePaidByAttempt(1);
        scenario.Finish(2 * Minute);
    }

    [Fact]
    public void Row_33_nothing_is_concluded_from_a_node_that_rejects()
    {
        var scenario = new Scenario(nodes: 2);
        scenario.EveryNode(f => f.Drops = 1);
        scenario.RunTo(2_000);
        scenario.World.Nodes[0].Faults.Unauthorized = true;
        scenario.RunTo(110_000);
        scenario.Attempts.ShouldHaveSingleItem().Status.ShouldNotBe(AttemptStatus.Expired);
        scenario.Finish(110_000);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
    }

    [Fact]
    public void Row_34_a_deposit_that_nobody_can_read_keeps_no_fence_raised()
    {
        var scenario = new Scenario();
        scenario.World.Chain.GiftsAreUnreadable = true;
        Action? backup = null;
        scenario.At(10, () => backup = scenario.World.Database.BackUp());
        scenario.RunTo(2 * Minute);
        scenario.World.Restore(backup.ShouldNotBeNull());
        scenario.Finish(2 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
        scenario.Attempts.ShouldHaveSingleItem().Evidence.ShouldNotBeNull().ShouldContain("RECOVERED");
    }

    [Fact]
    public void Row_27_finality_that_stalls_for_ten_minutes_duplicates_nothing()
    {
        var scenario = new Scenario();
        scenario.World.Chain.FinalityStalls = true;
        scenario.RunTo(10 * Minute);
        scenario.Attempts.Count.ShouldBe(1);
        scenario.Payment.Status.ShouldNotBe(PaymentStatus.Completed);
        scenario.Finish(10 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Theory]
    [InlineData(2, 5)]
    [InlineData(2, 40)]
    [InlineData(3, 12)]
    public void Row_24_a_node_that_lags_steadily_keeps_no_fence_raised(int nodes, int lag)
    {
        var scenario = new Scenario(nodes);
        var backup = scenario.World.Database.BackUp();
        scenario.RunTo(2 * Minute);
        scenario.World.Nodes[0].Faults.Lag = lag;
        scenario.World.Restore(backup);

        scenario.RunTo(8 * Minute);

        scenario.World.Database.ReadFence().IsOpen.ShouldBeTrue();
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
        scenario.Finish(8 * Minute);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Row_33_a_database_restored_beside_nodes_with_short_pages_pays_nothing_again(int nodes)
    {
        var scenario = new Scenario(nodes);
        var backup = scenario.World.Database.BackUp();
        var others = Enumerable.Range(0, 7).Select(_ => scenario.AcceptAnother()).ToList();
        scenario.RunTo(3 * Minute);
        others.ShouldAllBe(id => scenario.World.Chain.HasExecuted(id));

        scenario.EveryNode(f => f.PageLimit = 2);
        scenario.World.Restore(backup);
        scenario.RunTo(10 * Minute);

        scenario.World.Database.ReadFence().IsOpen.ShouldBeTrue();
        scenario.Finish(10 * Minute);
        scenario.World.Database.Payments.Values.ShouldAllBe(p => p.Status == PaymentStatus.Completed);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Row_33_a_node_that_leaves_entries_out_of_its_pages_hides_no_payment(int nodes)
    {
        for (var leavesOutEvery = 1; leavesOutEvery <= 3; leavesOutEvery++)
        {
            var scenario = new Scenario(nodes);
            var backup = scenario.World.Database.BackUp();
            var others = Enumerable.Range(0, 7).Select(_ => scenario.AcceptAnother()).ToList();
            scenario.RunTo(3 * Minute);
            others.ShouldAllBe(id => scenario.World.Chain.HasExecuted(id));

            scenario.World.Nodes[0].Faults.LeavesOutEvery = leavesOutEvery;
            scenario.World.Restore(backup);
            scenario.RunTo(10 * Minute);

            scenario.Finish(10 * Minute);
            scenario.World.Database.Payments.Values.ShouldAllBe(p => p.Status == PaymentStatus.Completed);
        }
    }

    [Fact]
    public void Row_33_while_the_only_node_hides_what_a_wallet_paid_the_fence_holds_this_wallet_back_and_no_other()
    {
        var scenario = new Scenario(nodes: 1);
        var other = scenario.World.AddWallet();
        var backup = scenario.World.Database.BackUp();
        scenario.RunTo(2 * Minute);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);

        // The first wallet's payment is the only one that stands on chain, and no page shows it.
        scenario.World.Nodes[0].Faults.Omits = [Signature.Parse(scenario.Attempts[^1].Signature!)];
        scenario.World.Restore(backup);
        var elsewhere = scenario.World.Accept(other, (new PublicKey(scenario.World.RandomSource.Bytes(PublicKey.Length)), 1_000_000));
        scenario.RunTo(10 * Minute);

        scenario.World.Chain.HasExecuted(elsewhere.Id).ShouldBeTrue();
        scenario.World.Database.Attempts.Values.ShouldAllBe(a => a.TransactionId == elsewhere.Id);
        scenario.World.Database.ReadFence().IsOpen.ShouldBeFalse();
        scenario.World.Database.Ledger.Comparisons[scenario.Wallet.Id].Difference.ShouldNotBeNull().ShouldContain("add up to");
        scenario.Finish(10 * Minute);
        scenario.World.Database.ReadFence().IsOpen.ShouldBeTrue();
        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
        scenario.Attempts.ShouldHaveSingleItem().Evidence.ShouldNotBeNull().ShouldContain("RECOVERED");
    }

    [Fact]
    public void Row_31_while_the_key_of_one_wallet_does_not_open_its_payments_wait_with_that_reason_and_all_others_are_paid()
    {
        var scenario = new Scenario();
        var world = scenario.World;
        world.DamagedKeys.Add(scenario.Wallet.Id);
        var asked = new Dictionary<Guid, int>();
        var post = world.Database.Committed;
        world.Database.Committed = message =>
        {
            if (message is PrepareTransactions { TransactionIds: [var id] })
            {
                asked[id] = asked.GetValueOrDefault(id) + 1;
            }
            post(message);
        };
        var healthy = world.AddWallet();
        List<ChainTransaction> others = [];
        for (var i = 0; i < 30; i++)
        {
            scenario.At(i * Minute, () => others.Add(world.Accept(healthy, (new PublicKey(world.RandomSource.Bytes(32)), 1_000_000))));
        }

        scenario.RunTo(32 * Minute);

        others.Count.ShouldBe(30);
        others.ShouldAllBe(o => world.Database.Transactions[o.Id].Status == TransactionStatus.Finalized);
        scenario.Payment.Status.ShouldBe(PaymentStatus.Accepted);
        scenario.Payment.Reason.ShouldNotBeNull().ShouldStartWith("key_unusable: ");
        // After 5, 10, 20, .. s, and then every five minutes.
        asked[scenario.Transaction.Id].ShouldBeInRange(10, 14);
        others.ShouldAllBe(o => asked.GetValueOrDefault(o.Id) <= 1);
        world.Broker.DeadLetters.ShouldBe(0);

        world.DamagedKeys.Clear();
        scenario.RunTo(38 * Minute);
        scenario.Payment.Reason.ShouldBeNull();
        scenario.Finish(38 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void However_long_no_message_comes_through_what_waits_is_in_the_queue_a_few_times_only()
    {
        var scenario = new Scenario();
        var world = scenario.World;
        var asked = 0;
        var post = world.Database.Committed;
        world.Database.Committed = message =>
        {
            asked += message is PrepareTransactions ? 1 : 0;
            post(message);
        };
        world.Broker.Down = true;

        scenario.RunTo(120 * Minute);

        // After 1, 3, 7 and 15 minutes, and then every quarter of an hour.
        asked.ShouldBeInRange(9, 13);
        scenario.Finish(120 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    [Fact]
    public void A_payment_is_closed_in_the_commit_that_ends_its_transaction_even_while_no_message_comes_through()
    {
        var scenario = new Scenario();
        var database = scenario.World.Database;
        scenario.World.Timeline.RunUntil(() => scenario.Attempts.Count > 0, Minute).ShouldBeTrue();
        scenario.World.Broker.Down = true;

        scenario
            .World.Timeline.RunUntil(() => database.Transactions.Values.Any(t => t.Status == TransactionStatus.Finalized), Minute)
            .ShouldBeTrue();

        scenario.Payment.Status.ShouldBe(PaymentStatus.Completed);
        database.Reservations.ShouldAllBe(r => r.ReleasedAt != null);
        scenario.Finish(3 * Minute);
        scenario.ShouldBePaidByAttempt(1);
    }

    private const int Minute = Scenario.Minute;
}
