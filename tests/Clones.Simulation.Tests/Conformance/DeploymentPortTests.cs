using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Keys;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Persistence.Agents;
using Clones.Settlement.Store;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Simulation.Tests.Conformance;

public sealed class PostgresDeploymentPortTests() : DeploymentPortTests(new PostgresPorts());

public sealed class SimulatedDeploymentPortTests() : DeploymentPortTests(new SimulatedPorts());

/// <summary>What <see cref="IDeploymentWork"/> promises, whoever keeps it.</summary>
public abstract class DeploymentPortTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly StorePorts ports;
    private readonly DepositWallet wallet = Sample.Wallet();
    private readonly Agent agent;

    private protected DeploymentPortTests(StorePorts ports)
    {
        this.ports = ports;
        agent = Sample.Agent(wallet);
    }

    [Fact]
    public Task An_agent_is_locked_in_the_status_that_is_asked_for_and_in_no_other() =>
        RunAsync(async _ =>
        {
            var mint = Sample.Mint(agent);
            await ports.PutAsync([Sample.Life(agent, "PendingTokenSignature"), mint]);
            await using var work = await BeginAsync();

            (await work.LockAgentAsync(agent.Id, AgentStatus.PendingPoolSignature, default)).ShouldBeNull();
            (await work.LockAgentAsync(Guid.NewGuid(), null, default)).ShouldBeNull();
            foreach (var status in (string?[])[null, AgentStatus.PendingTokenSignature])
            {
                var (found, life) = (await work.LockAgentAsync(agent.Id, status, default)).ShouldNotBeNull();
                (found.Agent.Id, found.Wallet, found.Mint).ShouldBe((agent.Id, new WalletAddress(wallet.Id, wallet.Address), mint.Mint));
                life.CurrentState.ShouldBe("PendingTokenSignature");
            }
        });

    [Fact]
    public Task Who_locks_an_agent_second_waits_and_so_does_its_lifecycle() =>
        RunAsync(async _ =>
        {
            await ports.PutAsync([Sample.Life(agent, "Draft")]);
            await using var first = await BeginAsync();
            await using var second = await BeginAsync();
            await first.LockAgentAsync(agent.Id, null, default);
            var waiting = second.LockAgentAsync(agent.Id, AgentStatus.Draft, default);
            await ports.UntilItWaitsAsync(waiting);
            await first.CommitAsync(default);

            (await waiting).ShouldNotBeNull();
        });

    [Fact]
    public Task An_agent_is_found_without_a_wallet_and_without_a_mint() =>
        ports.RunAsync(async () =>
        {
            await ports.PutAsync([wallet, agent]);
            await using var work = await BeginAsync();

            (await work.FindAgentAsync(Guid.NewGuid(), default)).ShouldBeNull();
            var found = (await work.FindAgentAsync(agent.Id, default)).ShouldNotBeNull();
            (found.Wallet?.Id, found.Mint).ShouldBe((wallet.Id, null));
        });

    [Fact]
    public Task The_open_transaction_is_locked_with_its_attempts_and_none_that_failed() =>
        RunAsync(async _ =>
        {
            var (failed, open) = (Creation(TransactionStatus.Failed), Creation(TransactionStatus.Accepted));
            await ports.PutAsync([
                failed,
                open,
                Sample.Attempt(open, AttemptStatus.Expired),
                Sample.Attempt(open, AttemptStatus.Prepared, 2),
            ]);
            await using var first = await BeginAsync();
            await using var second = await BeginAsync();
            var found = (await first.LockOpenAsync(agent.Id, TransactionKind.TokenCreation, default)).ShouldNotBeNull();
            (found.Id, found.Attempts.Count).ShouldBe((open.Id, 2));
            (await first.LockOpenAsync(agent.Id, TransactionKind.PoolCreation, default)).ShouldBeNull();

            var waiting = second.LockOpenAsync(agent.Id, TransactionKind.TokenCreation, default);
            await ports.UntilItWaitsAsync(waiting);
            found.Attempts[1].MoveTo(AttemptStatus.Withdrawn);
            found.MoveTo(TransactionStatus.Cancelled);
            await first.CommitAsync(default);
            // What it waited for is open no more.
            (await waiting).ShouldBeNull();
        });

    [Fact]
    public Task All_transactions_of_an_agent_are_told_and_their_attempts_the_latest_first() =>
        RunAsync(async _ =>
        {
            var (failed, open) = (Creation(TransactionStatus.Failed), Creation(TransactionStatus.Accepted));
            await ports.PutAsync([
                failed,
                Sample.Attempt(failed, AttemptStatus.Failed),
                open,
                Sample.Attempt(open, AttemptStatus.Expired, 2),
                Sample.Attempt(open, AttemptStatus.Prepared, 3),
            ]);
            await using var work = await BeginAsync();

            (await work.TransactionIdsAsync(agent.Id, TransactionKind.TokenCreation, default)).ShouldBe(
                [failed.Id, open.Id],
                ignoreOrder: true
            );
            (await work.TransactionIdsAsync(agent.Id, TransactionKind.PoolCreation, default)).ShouldBeEmpty();
            (await work.AttemptsOfAgentAsync(agent.Id, TransactionKind.TokenCreation, default)).Select(a => a.Number).ShouldBe([3, 2, 1]);
        });

    [Fact]
    public Task A_failure_counts_where_the_lifecycle_has_accepted_it() =>
        RunAsync(async _ =>
        {
            var (id, rejected) = (Guid.NewGuid(), Sample.Agent(Sample.Wallet()));
            await ports.PutAsync([
                Sample.Transition(agent, AgentEvent.Fail, id),
                Sample.Transition(rejected, AgentEvent.Fail, id, accepted: false),
            ]);
            await using var work = await BeginAsync();

            (await work.HasFailedByAsync(agent.Id, id, default)).ShouldBeTrue();
            (await work.HasFailedByAsync(agent.Id, Guid.NewGuid(), default)).ShouldBeFalse();
            (await work.HasFailedByAsync(rejected.Id, id, default)).ShouldBeFalse();
        });

    [Fact]
    public Task Lamports_are_reserved_once_replaced_and_rejected_where_they_lack_or_the_balance_is_too_old() =>
        RunAsync(async _ =>
        {
            var (other, own) = (Sample.Transaction(wallet, TransactionStatus.Accepted), Creation(TransactionStatus.Accepted));
            await ports.PutAsync([other, Sample.Reservation(other, 30), own]);
            await using (var work = await BeginAsync())
            {
                (await ReserveAsync(work, 60)).ShouldBe(new WalletReservationResult.Reserved());
                (await ReserveAsync(work, 61)).ShouldBe(new WalletReservationResult.MissingLamports(61, 60));
                (await ReserveAsync(work, 40)).ShouldBe(new WalletReservationResult.Reserved());
                await work.CommitAsync(default);
            }
            var reserved = await ports.AllAsync<WalletReservation>();
            reserved.Select(r => r.Amount).ShouldBe([30UL, 40UL], ignoreOrder: true);

            await ports.Ledger.SetScannedSlotAsync(wallet.Id, [wallet.Address], 8, default);
            await using var late = await BeginAsync();
            (await ReserveAsync(late, 61)).ShouldBe(new WalletReservationResult.BalanceTooOld(8));
            (await late.LockWalletAsync(wallet.Id, default)).SettledSlot = 9;
            await late.SaveAsync(default);
            (await ReserveAsync(late, 1)).ShouldBe(new WalletReservationResult.BalanceTooOld(9));

            async Task<WalletReservationResult> ReserveAsync(IDeploymentWork work, ulong lamports)
            {
                var locked = await work.LockWalletAsync(wallet.Id, default);
                var slot = locked.SettledSlot == 0 ? 7 : locked.SettledSlot - 1;
                var balance = new WalletBalance(PublicKey.Parse(wallet.Address), slot, 100, 10, new Dictionary<PublicKey, ulong>());
                var result = await work.ReserveAsync(locked, own.Id, balance, lamports, default);
                await work.SaveAsync(default);
                return result;
            }
        });

    [Fact]
    public Task What_owners_have_signed_is_given_out_however_many_others_wait_for_their_owners() =>
        RunAsync(async now =>
        {
            var waiting = Enumerable
                .Range(1, 100)
                .Select(i => Creation(TransactionStatus.Accepted, now - (5 + i) * Minute, Stranger()))
                .ToList();
            var signed = Creation(TransactionStatus.Accepted, now - Minute);
            await ports.PutAsync(waiting.SelectMany(t => new object[] { t, Sample.Attempt(t, AttemptStatus.Prepared) }));
            await ports.PutAsync([signed, Sample.Attempt(signed, AttemptStatus.Submitted)]);

            (await DueAsync(w => w.DueForCoSigningAsync(2 * Minute, default))).ShouldBe([new StalledAttempt(signed.Id, 1)]);
            (await DueAsync(w => w.DueForCoSigningAsync(2 * Minute, default))).ShouldBeEmpty();
            var row = (await ports.AllAsync<ChainTransaction>()).Single(t => t.Id == signed.Id);
            (row.WakeUps, row.LeaseOwner).ShouldBe((1, null));
            row.NextCheckAt.ShouldBe(now + 2 * Minute, Tolerance);
        });

    [Fact]
    public Task No_more_than_a_hundred_that_owners_have_signed_are_given_out_at_once_and_none_that_is_locked() =>
        RunAsync(async now =>
        {
            var signed = Enumerable.Range(1, 102).Select(i => Creation(TransactionStatus.Accepted, now - i * Minute, Stranger())).ToList();
            await ports.PutAsync(signed.SelectMany(t => new object[] { t, Sample.Attempt(t, AttemptStatus.Submitted) }));
            await using var other = await BeginAsync();
            await other.LockAsync(signed[^1].Id, default);

            var due = await DueAsync(w => w.DueForCoSigningAsync(Minute, default));
            due.Select(a => a.TransactionId).ShouldBe(signed[1..^1].Select(t => t.Id), ignoreOrder: true);
            (await DueAsync(w => w.DueForCoSigningAsync(Minute, default))).ShouldHaveSingleItem().TransactionId.ShouldBe(signed[0].Id);
        });

    [Fact]
    public Task What_is_in_the_hands_of_owners_who_pay_is_looked_for_later_each_time() =>
        RunAsync(async now =>
        {
            var (held, paid, over) = (
                Creation(TransactionStatus.Accepted, now - Minute),
                Creation(TransactionStatus.Accepted, now - Minute, Stranger()),
                Creation(TransactionStatus.Cancelled, now - Minute, Stranger())
            );
            held.WakeUps = 2;
            await ports.PutAsync([
                held,
                Prepared(held, DeploymentPayer.Owner),
                paid,
                Prepared(paid, DeploymentPayer.DepositWallet),
                over,
                Prepared(over, DeploymentPayer.Owner),
            ]);

            (await DueAsync(w => w.DueForOwnersAsync(Minute, default))).ShouldBe([held.Id]);
            (await DueAsync(w => w.DueForOwnersAsync(Minute, default))).ShouldBeEmpty();
            (await ports.AllAsync<ChainTransaction>()).Single(t => t.Id == held.Id).NextCheckAt.ShouldBe(now + 4 * Minute, Tolerance);
        });

    [Fact]
    public Task Agents_that_wait_with_nothing_to_sign_are_claimed_the_longest_quiet_first() =>
        RunAsync(async now =>
        {
            var (quiet, quieter, busy, lately, ahead, settled) = (agent, Stranger(), Stranger(), Stranger(), Stranger(), Stranger());
            var over = Creation(TransactionStatus.Failed, agent: settled);
            over.SettledAt = now - Minute;
            await ports.PutAsync([
                Pending(quiet, now - 50 * Minute),
                Pending(quieter, now - 90 * Minute, "PendingPoolSignature"),
                Pending(busy, now - 90 * Minute),
                Pending(lately, now - Minute),
                Pending(ahead, now + 60 * Minute),
                Pending(settled, now - 90 * Minute),
                Sample.Life(Stranger(), "Draft", now - 90 * Minute),
                Creation(TransactionStatus.Accepted, agent: busy),
                Creation(TransactionStatus.Accepted, agent: quieter),
                over,
            ]);

            (await DueAsync(w => w.DueForPreparationAsync(30 * Minute, default))).ShouldBe([
                new StalledAgent(quieter.Id, AgentStatus.PendingPoolSignature),
                new StalledAgent(quiet.Id, AgentStatus.PendingTokenSignature),
                new StalledAgent(ahead.Id, AgentStatus.PendingTokenSignature),
            ]);
            (await DueAsync(w => w.DueForPreparationAsync(30 * Minute, default))).ShouldBeEmpty();
        });

    [Fact]
    public Task No_more_than_a_hundred_agents_are_claimed_at_once() =>
        RunAsync(async now =>
        {
            var waiting = Enumerable.Range(1, 101).Select(i => Pending(Stranger(), now - (5 + i) * Minute)).ToList();
            await ports.PutAsync(waiting);

            (await DueAsync(w => w.DueForPreparationAsync(Minute, default)))
                .Select(a => a.AgentId)
                .ShouldBe(waiting.AsEnumerable().Reverse().Take(100).Select(l => l.CorrelationId));
            (await DueAsync(w => w.DueForPreparationAsync(Minute, default)))
                .ShouldHaveSingleItem()
                .AgentId.ShouldBe(waiting[0].CorrelationId);
        });

    [Fact]
    public Task Abandoned_tokens_come_in_the_order_of_ids_page_by_page_and_without_what_has_landed_unread() =>
        RunAsync(async _ =>
        {
            var agents = await AddAgentsAsync(5);
            var unread = Creation(TransactionStatus.Finalized, agent: agents[1]);
            await ports.PutAsync([
                .. agents.SelectMany(a => new object[] { Sample.Life(a, a == agents[4] ? "Deployed" : "Failed"), Sample.Mint(a) }),
                Sample.Life(agent, "Draft"),
                unread,
            ]);
            Guid[] wanted = [.. new[] { agents[0], agents[2], agents[3] }.Select(a => a.Id).Order()];
            await using var work = await BeginAsync();

            (await work.AbandonedTokensAsync(Guid.Empty, 2, default)).Select(a => a.AgentId).ShouldBe(wanted[..2]);
            (await work.AbandonedTokensAsync(wanted[1], 2, default)).Select(a => a.AgentId).ShouldBe(wanted[2..]);
        });

    [Fact]
    public Task Abandoned_pools_are_those_that_were_begun_and_failed_in_the_order_of_ids() =>
        RunAsync(async _ =>
        {
            Agent[] agents = [Stranger(), Stranger(), Stranger(), Stranger()];
            await ports.PutAsync([
                .. agents.Select(a => Sample.Life(a, "Failed", mint: a == agents[3] ? null : "mint")),
                .. agents[1..].Select(a => Creation(TransactionStatus.Failed, agent: a, kind: TransactionKind.PoolCreation)),
            ]);
            Guid[] wanted = [.. agents[1..3].Select(a => a.Id).Order()];
            await using var work = await BeginAsync();

            (await work.AbandonedPoolsAsync(Guid.Empty, 1, default)).ShouldBe(wanted[..1]);
            (await work.AbandonedPoolsAsync(wanted[0], 5, default)).ShouldBe(wanted[1..]);
        });

    [Fact]
    public Task A_claim_is_given_once_and_counts_only_where_it_was_committed() =>
        RunAsync(async now =>
        {
            await using (var dropped = await BeginAsync())
            {
                (await dropped.ClaimWakeUpsAsync([agent.Id, agent.Id], default)).ShouldBe([agent.Id]);
            }
            await using var first = await BeginAsync();
            await using var second = await BeginAsync();
            (await first.ClaimWakeUpsAsync([agent.Id], default)).ShouldBe([agent.Id]);
            var waiting = second.ClaimWakeUpsAsync([agent.Id], default);
            await ports.UntilItWaitsAsync(waiting);
            await first.CommitAsync(default);

            (await waiting).ShouldBeEmpty();
            (await second.ClaimWakeUpsAsync([], default)).ShouldBeEmpty();
            var row = (await ports.AllAsync<AgentWakeUp>()).ShouldHaveSingleItem();
            row.WakeUps.ShouldBe(1);
            row.NextAt.ShouldBe(now + WakeUp.First, Tolerance);
        });

    [Fact]
    public Task A_new_transaction_is_first_looked_at_in_a_minute_and_a_second_open_one_of_its_kind_is_rejected() =>
        RunAsync(async now =>
        {
            await using (var work = await BeginAsync())
            {
                var transaction = Creation(TransactionStatus.Accepted);
                work.Add(transaction);
                work.Add(Sample.Mint(agent));
                await work.SaveAsync(default);
                (await work.TransactionIdsAsync(agent.Id, TransactionKind.TokenCreation, default)).ShouldBe([transaction.Id]);
                transaction.Reason = "changed since";
                await work.CommitAsync(default);
            }
            var row = (await ports.AllAsync<ChainTransaction>()).ShouldHaveSingleItem();
            row.NextCheckAt.ShouldBe(now + WakeUp.First, Tolerance);
            row.Reason.ShouldBe("changed since");
            (await ports.AllAsync<EncryptedMintKey>()).Count.ShouldBe(1);

            await using var second = await BeginAsync();
            second.Add(Creation(TransactionStatus.Accepted));
            await StorePorts.RejectionOfAsync(() => second.CommitAsync(default));
        });

    [Fact]
    public Task What_is_forgotten_is_not_committed_and_what_was_saved_before_is() =>
        RunAsync(async _ =>
        {
            var transaction = Creation(TransactionStatus.Accepted);
            await ports.PutAsync([transaction]);
            await using (var work = await BeginAsync())
            {
                var open = (await work.LockOpenAsync(agent.Id, TransactionKind.TokenCreation, default))!;
                open.AttemptNumber = 5;
                await work.SaveAsync(default);
                (open.AttemptNumber, open.Reason) = (6, "forgotten");
                work.Add(Sample.Attempt(transaction, AttemptStatus.Prepared, 6));
                work.ForgetUnsaved();
                var again = (await work.LockOpenAsync(agent.Id, TransactionKind.TokenCreation, default))!;
                (again.AttemptNumber, again.Reason, again.Attempts.Count).ShouldBe((5, null, 0));
                again.PreparationFailures = 1;
                await work.CommitAsync(default);
            }

            var row = (await ports.AllAsync<ChainTransaction>()).ShouldHaveSingleItem();
            (row.AttemptNumber, row.Reason, row.PreparationFailures).ShouldBe((5, null, 1));
            (await ports.AllAsync<TransactionAttempt>()).ShouldBeEmpty();
        });

    [Fact]
    public Task Only_openings_of_keys_are_forgotten_where_no_signature_is_stored() =>
        RunAsync(async now =>
        {
            var before = (await ports.AllAsync<WalletKeyEvent>()).Count;
            await using (var scope = await ports.BeginAsync())
            {
                scope.Add(Event(KeyEventKind.Opened));
                scope.Add(Event(KeyEventKind.Migrated));
                scope.Work.ForgetOpenings();
                await scope.CommitAsync();
            }

            var kept = await ports.AllAsync<WalletKeyEvent>();
            kept.Count.ShouldBe(before + 1);
            kept.ShouldNotContain(e => e.Kind == KeyEventKind.Opened);

            WalletKeyEvent Event(KeyEventKind kind) =>
                new()
                {
                    OccurredAt = now,
                    Purpose = WalletKeyEvent.Deposit,
                    KeyId = wallet.Id,
                    Kind = kind,
                };
        });

    private Task<IDeploymentWork> BeginAsync() => ports.Store.BeginAsync(default);

    private async Task<IReadOnlyList<T>> DueAsync<T>(Func<IDeploymentWork, Task<IReadOnlyList<T>>> ask)
    {
        await using var work = await BeginAsync();
        var due = await ask(work);
        await work.CommitAsync(default);
        return due;
    }

    /// <summary>With pools and wallets of their own, since an agent's mint wants its agent.</summary>
    private async Task<IReadOnlyList<Agent>> AddAgentsAsync(int count)
    {
        var agents = new List<Agent>();
        for (var i = 0; i < count; i++)
        {
            var own = Sample.Wallet();
            agents.Add(Sample.Agent(own));
            await ports.PutAsync([own, agents[^1]]);
        }
        return agents;
    }

    private Agent Stranger() => Sample.Agent(wallet);

    private ChainTransaction Creation(
        TransactionStatus status,
        DateTimeOffset dueAt = default,
        Agent? agent = null,
        TransactionKind kind = TransactionKind.TokenCreation
    ) => Sample.Transaction(wallet, status, dueAt, kind, agent ?? this.agent);

    private static TransactionAttempt Prepared(ChainTransaction transaction, DeploymentPayer payer) =>
        Sample.Attempt(transaction, AttemptStatus.Prepared, payer: payer);

    private static AgentLifecycleInstance Pending(Agent agent, DateTimeOffset updatedAt, string state = "PendingTokenSignature") =>
        Sample.Life(agent, state, updatedAt);

    private Task RunAsync(Func<DateTimeOffset, Task> test) =>
        ports.RunAsync(async () =>
        {
            await ports.PutAsync([wallet, agent]);
            await test(await ports.NowAsync());
        });
}
