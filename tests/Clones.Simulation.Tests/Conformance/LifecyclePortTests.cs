using Clones.Api.Agents;
using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Lifecycle;
using Clones.Settlement.Store;

namespace Clones.Simulation.Tests.Conformance;

public sealed class PostgresLifecyclePortTests() : LifecyclePortTests(new PostgresPorts());

public sealed class SimulatedLifecyclePortTests() : LifecyclePortTests(new SimulatedPorts());

/// <summary>What <see cref="ILifecycleRows"/> and <see cref="IOwnerTransactionStore"/> promise, whoever keeps it.</summary>
public abstract class LifecyclePortTests
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    private readonly StorePorts ports;
    private readonly DepositWallet wallet = Sample.Wallet();
    private readonly Agent agent;

    private protected LifecyclePortTests(StorePorts ports)
    {
        this.ports = ports;
        agent = Sample.Agent(wallet);
    }

    [Fact]
    public Task The_transactions_that_are_not_given_up_are_locked_with_the_attempts_that_may_still_be_signed_or_land() =>
        RunAsync(async now =>
        {
            var (open, failed) = (Creation(TransactionStatus.Accepted), Creation(TransactionStatus.Failed));
            await ports.PutAsync([
                open,
                failed,
                Sample.Attempt(open, AttemptStatus.Expired),
                Sample.Attempt(open, AttemptStatus.Prepared, 2),
                Sample.Reservation(open, 5),
            ]);
            await using var first = await ports.BeginAsync();
            await using var second = await ports.BeginAsync();
            var locked = (await first.Lifecycle.LockTransactionsAsync(agent.Id, default)).ShouldHaveSingleItem();
            var attempt = (await first.Lifecycle.OpenAttemptsAsync([open.Id], default)).ShouldHaveSingleItem();
            (locked.Id, attempt.Number, locked.Attempts.Count).ShouldBe((open.Id, 2, 1));
            var waiting = second.Lifecycle.LockTransactionsAsync(agent.Id, default);
            await ports.UntilItWaitsAsync(waiting);
            locked.MoveTo(TransactionStatus.Cancelled);
            attempt.MoveTo(AttemptStatus.Withdrawn);
            await first.Lifecycle.ReleaseAsync([open.Id], now, default);
            await first.CommitAsync();

            (await waiting).ShouldBeEmpty();
            (await ports.AllAsync<WalletReservation>()).ShouldHaveSingleItem().ReleasedAt.ShouldBe(now);
            (await ports.AllAsync<TransactionAttempt>()).Single(a => a.Number == 2).Status.ShouldBe(AttemptStatus.Withdrawn);
        });

    [Fact]
    public Task What_was_made_is_told_of_a_finalized_transaction_of_this_agent_and_kind() =>
        RunAsync(async _ =>
        {
            var (done, open) = (Creation(TransactionStatus.Finalized), Creation(TransactionStatus.Accepted, TransactionKind.PoolCreation));
            done.Made = open.Made = new DeploymentMade("mint", "signature", 7, null).ToJson();
            await ports.PutAsync([done, open]);
            await using var scope = await ports.BeginAsync();

            var made = (await scope.Lifecycle.MadeAsync(agent.Id, done.Id, TransactionKind.TokenCreation, default)).ShouldNotBeNull();
            DeploymentMade.FromJson(made).Address.ShouldBe("mint");
            (await scope.Lifecycle.MadeAsync(agent.Id, done.Id, TransactionKind.PoolCreation, default)).ShouldBeNull();
            (await scope.Lifecycle.MadeAsync(Guid.NewGuid(), done.Id, TransactionKind.TokenCreation, default)).ShouldBeNull();
            (await scope.Lifecycle.MadeAsync(agent.Id, open.Id, TransactionKind.PoolCreation, default)).ShouldBeNull();
        });

    [Fact]
    public Task The_database_may_have_forgotten_while_the_fence_holds_the_agents_wallet_back() =>
        RunAsync(async _ =>
        {
            (await MayHaveForgottenAsync()).ShouldBeFalse();
            await ports.Ledger.RaiseFenceAsync("A drill.", held: false, raising: null, default);
            (await MayHaveForgottenAsync()).ShouldBeTrue();
            await ports.Ledger.LetThroughAsync(wallet.Id, await ports.Ledger.ReadFenceAsync(default), null, null, default);
            (await MayHaveForgottenAsync()).ShouldBeFalse();
            await ports.Ledger.RaiseFenceAsync("A drill.", held: true, raising: null, default);
            await ports.Ledger.LetThroughAsync(wallet.Id, await ports.Ledger.ReadFenceAsync(default), null, null, default);
            (await MayHaveForgottenAsync()).ShouldBeTrue();

            async Task<bool> MayHaveForgottenAsync()
            {
                await using var scope = await ports.BeginAsync();
                return await scope.Lifecycle.MayHaveForgottenAsync(agent.Id, default);
            }
        });

    [Fact]
    public Task History_and_answer_are_written_by_the_commit_of_the_event() =>
        RunAsync(async now =>
        {
            var operation = new Operation
            {
                Id = Guid.CreateVersion7(),
                Kind = "CANCEL",
                Caller = "owner",
                Status = OperationStatus.Pending,
                CreatedAt = now,
            };
            await ports.PutAsync([operation]);
            await using (var scope = await ports.BeginAsync())
            {
                (await scope.Lifecycle.IsStoredAsync(agent.Id, default)).ShouldBeTrue();
                (await scope.Lifecycle.IsStoredAsync(Guid.NewGuid(), default)).ShouldBeFalse();
                scope.Lifecycle.Add(Sample.Transition(agent, AgentEvent.Cancel));
                scope.Lifecycle.AnswerOperation(operation.Id).Status = OperationStatus.Succeeded;
                await scope.CommitAsync();
            }

            (await ports.AllAsync<AgentTransition>()).ShouldHaveSingleItem().Event.ShouldBe(AgentEvent.Cancel);
            var row = (await ports.AllAsync<Operation>()).ShouldHaveSingleItem();
            (row.Status, row.Kind).ShouldBe((OperationStatus.Succeeded, "CANCEL"));

            await using var second = await ports.BeginAsync();
            second.Lifecycle.Add(Sample.Transition(agent, AgentEvent.Cancel));
            await StorePorts.RejectionOfAsync(second.CommitAsync);
        });

    [Fact]
    public Task An_answer_to_no_operation_fails_the_message() =>
        RunAsync(async _ =>
        {
            await using var scope = await ports.BeginAsync();

            await StorePorts.RejectionOfAsync(async () =>
            {
                scope.Lifecycle.AnswerOperation(Guid.NewGuid()).Status = OperationStatus.Succeeded;
                await scope.CommitAsync();
            });
        });

    [Fact]
    public Task An_owner_is_shown_what_is_open_before_what_is_over_with_its_latest_attempt() =>
        RunAsync(async _ =>
        {
            var (open, over) = (Creation(TransactionStatus.Accepted), Creation(TransactionStatus.Cancelled));
            await ports.PutAsync([
                Sample.Life(agent, "Draft"),
                open,
                Sample.Attempt(open, AttemptStatus.Expired),
                Sample.Attempt(open, AttemptStatus.Prepared, 2),
                over,
            ]);

            var row = (await ports.Owners.FindAgentAsync(agent.Id, default)).ShouldNotBeNull();
            (row.Agent.Id, row.Status).ShouldBe((agent.Id, AgentStatus.Draft));
            (await ports.Owners.FindAgentAsync(Guid.NewGuid(), default)).ShouldBeNull();
            var shown = await ports.Owners.FindAsync(agent.Id, TransactionKind.TokenCreation, default);
            (shown.Transaction?.Id, shown.Attempt?.Number).ShouldBe((open.Id, 2));
            (await ports.Owners.FindAsync(agent.Id, TransactionKind.PoolCreation, default)).ShouldBe(new OwnerTransaction(null, null));
            (await ports.Owners.AttemptsAsync(open.Id, default)).Select(a => a.Number).ShouldBe([1, 2], ignoreOrder: true);
            await ports.Owners.PublishAsync(new PrepareTokenCreation { AgentId = agent.Id }, default);
            (await ports.PublishedAsync()).ShouldBe(1);
        });

    [Fact]
    public Task What_an_owner_hands_in_is_committed_with_the_message_that_asks_for_our_signatures() =>
        RunAsync(async now =>
        {
            var open = Creation(TransactionStatus.Accepted);
            await ports.PutAsync([open, Sample.Attempt(open, AttemptStatus.Prepared)]);
            await using (var gone = await ports.Owners.LockAsync(open.Id, 7, default))
            {
                gone.Rows.ShouldBeNull();
            }
            await using var other = await ports.BeginAsync();
            await other.Work.LockAsync(open.Id, default);
            var locking = ports.Owners.LockAsync(open.Id, 1, default);
            await ports.UntilItWaitsAsync(locking);
            await other.CommitAsync();
            await using (var submission = await locking)
            {
                submission.Rows!.Value.Attempt.MoveTo(AttemptStatus.Submitted);
                await submission.CommitAsync(new CoSignTransaction { TransactionId = open.Id, AttemptNumber = 1 }, default);
            }

            (await ports.AllAsync<TransactionAttempt>()).ShouldHaveSingleItem().Status.ShouldBe(AttemptStatus.Submitted);
            (await ports.AllAsync<ChainTransaction>()).ShouldHaveSingleItem().NextCheckAt.ShouldBe(now + WakeUp.First, Tolerance);
            (await ports.PublishedAsync()).ShouldBe(1);
        });

    private ChainTransaction Creation(TransactionStatus status, TransactionKind kind = TransactionKind.TokenCreation) =>
        Sample.Transaction(wallet, status, kind: kind, agent: agent);

    private Task RunAsync(Func<DateTimeOffset, Task> test) =>
        ports.RunAsync(async () =>
        {
            await ports.PutAsync([wallet, agent]);
            await test(await ports.NowAsync());
        });
}
