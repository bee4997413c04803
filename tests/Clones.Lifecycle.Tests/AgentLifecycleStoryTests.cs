using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Persistence.Ledger;
using Microsoft.EntityFrameworkCore;

namespace Clones.Lifecycle.Tests;

public sealed class AgentLifecycleStoryTests(AgentLifecycleStoryTests.Running running) : IClassFixture<AgentLifecycleStoryTests.Running>
{
    private readonly LifecycleHost host = running.Host;

    [Fact]
    public async Task A_registered_agent_is_a_draft_and_its_history_begins()
    {
        var agent = await SaveAsync(new AgentRows(status: null));

        var answer = await RegisterAsync(agent);

        answer.Status.ShouldBe(OperationStatus.Succeeded);
        answer.AgentStatus.ShouldBe(AgentStatus.Draft);
        var row = (await HistoryAsync(agent)).ShouldHaveSingleItem();
        row.ShouldSatisfyAllConditions(
            () => row.Sequence.ShouldBe(1),
            () => row.FromStatus.ShouldBeNull(),
            () => row.ToStatus.ShouldBe(AgentStatus.Draft),
            () => row.Event.ShouldBe("REGISTER"),
            () => row.Accepted.ShouldBeTrue()
        );
    }

    [Fact]
    public async Task Registering_again_is_harmless_at_any_time()
    {
        var agent = await SaveAsync(new AgentRows(AgentStatus.Deployed, tokenExists: true));

        var answer = await RegisterAsync(agent);

        answer.Status.ShouldBe(OperationStatus.Succeeded);
        answer.AgentStatus.ShouldBe(AgentStatus.Deployed);
        (await HistoryAsync(agent)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_registrations_at_once_begin_one_life()
    {
        var agent = await SaveAsync(new AgentRows(status: null));

        var answers = await Task.WhenAll(RegisterAsync(agent), RegisterAsync(agent));

        answers.ShouldAllBe(a => a.Status == OperationStatus.Succeeded);
        (await HistoryAsync(agent)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_event_for_an_agent_that_nobody_knows_is_answered()
    {
        var nobody = new AgentRows(AgentStatus.Draft);
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(nobody.NewOperation(operationId, AgentEvent.Archive));

        var answer = await host.AskAsync(AgentEvents.Create(AgentEvent.Archive, nobody.Id, operationId));

        answer.Status.ShouldBe(OperationStatus.Refused);
        answer.ErrorCode.ShouldBe("agent_not_found");
        answer.AgentStatus.ShouldBeNull();
        (await HistoryAsync(nobody)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_overtakes_the_registration_is_not_lost()
    {
        var agent = await SaveAsync(new AgentRows(status: null));
        var overtaking = host.AskAsync(await EventAsync(agent, AgentEvent.InitiateDeployment));
        await host.SeenAsync<InitiateDeployment>(agent.Id);

        await RegisterAsync(agent);

        (await overtaking).AgentStatus.ShouldBe(AgentStatus.PendingTokenSignature);
    }

    [Fact]
    public async Task An_event_whose_registration_never_comes_is_answered_in_the_end()
    {
        var agent = await SaveAsync(new AgentRows(status: null));

        var answer = await AskAsync(agent, AgentEvent.InitiateDeployment);

        answer.ErrorCode.ShouldBe("agent_not_found");
        host.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(AgentStatus.TokenCreated, AgentEvent.TokenCreationSuccess, AgentRows.TokenSignature)]
    [InlineData(AgentStatus.Failed, AgentEvent.TokenCreationSuccess, AgentRows.TokenSignature)]
    [InlineData(AgentStatus.Deployed, AgentEvent.PoolCreationSuccess, AgentRows.PoolSignature)]
    [InlineData(AgentStatus.Deactivated, AgentEvent.PoolCreationSuccess, AgentRows.PoolSignature)]
    public async Task A_success_told_again_is_recorded_once(string status, string @event, string signature)
    {
        var agent = await SaveAsync(new AgentRows(status, tokenExists: true));
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, @event));

        var answer = await host.AskAsync(AgentEvents.Create(@event, agent.Id, operationId, signature: signature));

        answer.Status.ShouldBe(OperationStatus.Succeeded);
        answer.AgentStatus.ShouldBe(status);
        (await HistoryAsync(agent)).ShouldBeEmpty();
        (await InstanceAsync(agent)).TokenMint.ShouldBe("mint");
    }

    [Theory]
    [InlineData(AgentStatus.PendingTokenSignature, AgentEvent.Cancel, AgentStatus.Draft)]
    [InlineData(AgentStatus.Draft, AgentEvent.Archive, AgentStatus.Archived)]
    [InlineData(AgentStatus.Failed, AgentEvent.Archive, AgentStatus.Archived)]
    public async Task Nothing_is_given_up_or_put_away_before_a_restored_database_has_read_the_chain(
        string status,
        string @event,
        string target
    )
    {
        var cancellation = TestContext.Current.CancellationToken;
        var agent = await SaveAsync(new AgentRows(status));
        await host.QueryAsync(db => db.RaiseFenceAsync("A restore.", held: false, raising: null, cancellation));

        var rejected = await AskAsync(agent, @event);

        (rejected.Status, rejected.ErrorCode, rejected.AgentStatus).ShouldBe((OperationStatus.Refused, "chain_is_read", status));
        rejected.ErrorDetail.ShouldNotBeNull().ShouldStartWith($"{@event} has to wait while the agent is {status}");
        rejected.PermittedEvents.ShouldNotBeNull().ShouldNotContain(@event);

        await host.QueryAsync(async db => await db.OpenFenceAsync(await db.ReadFenceAsync(cancellation), cancellation));
        (await AskAsync(agent, @event)).AgentStatus.ShouldBe(target);
    }

    [Fact]
    public async Task Failures_are_counted_until_a_success()
    {
        var agent = await SaveAsync(new AgentRows(AgentStatus.PendingTokenSignature));

        await AskAsync(agent, AgentEvent.Fail);
        await AskAsync(agent, AgentEvent.Retry);
        (await InstanceAsync(agent)).ConsecutiveFailures.ShouldBe(AgentRows.FailuresBefore + 1);
        await AskAsync(agent, AgentEvent.Fail);
        (await InstanceAsync(agent)).ConsecutiveFailures.ShouldBe(AgentRows.FailuresBefore + 2);
        await AskAsync(agent, AgentEvent.Retry);
        await SucceedAsync(agent, AgentEvent.TokenCreationSuccess);

        var instance = await InstanceAsync(agent);
        instance.ConsecutiveFailures.ShouldBe(0);
        instance.LastError.ShouldBeNull();
    }

    [Fact]
    public async Task Giving_up_the_liquidity_pool_leaves_the_transaction_of_the_token_alone()
    {
        var poolTransaction = Guid.CreateVersion7();
        var agent = await SaveAsync(
            new AgentRows(AgentStatus.PendingPoolSignature, tokenExists: true)
                .With(TransactionKind.TokenCreation, TransactionStatus.Finalized, AttemptStatus.Finalized)
                .With(TransactionKind.PoolCreation, TransactionStatus.Accepted, AttemptStatus.Prepared, poolTransaction)
        );

        (await AskAsync(agent, AgentEvent.Cancel)).AgentStatus.ShouldBe(AgentStatus.Failed);

        var statuses = await host.QueryAsync(db =>
            db.Transactions.Where(t => t.AgentId == agent.Id).ToDictionaryAsync(t => t.Id, t => t.Status)
        );
        statuses[agent.TransactionId].ShouldBe(TransactionStatus.Finalized);
        statuses[poolTransaction].ShouldBe(TransactionStatus.Cancelled);
    }

    [Fact]
    public async Task A_whole_life_is_written_down_without_gaps()
    {
        var agent = await SaveAsync(new AgentRows(status: null));
        await RegisterAsync(agent);

        string[] life =
        [
            AgentEvent.InitiateDeployment,
            AgentEvent.Deactivate,
            AgentEvent.TokenCreationSuccess,
            AgentEvent.InitiatePoolCreation,
            AgentEvent.PoolCreationSuccess,
            AgentEvent.Deactivate,
            AgentEvent.Archive,
            AgentEvent.Archive,
        ];
        foreach (var @event in life)
        {
            await (AgentEvents.MadeBy(@event) is null ? AskAsync(agent, @event) : SucceedAsync(agent, @event));
        }

        var history = await HistoryAsync(agent);
        history.Select(t => t.Sequence).ShouldBe(Enumerable.Range(1, 9).Select(i => (long)i));
        history.Select(t => t.Event).ShouldBe(life.Prepend("REGISTER"));
        history.Where(t => !t.Accepted).Select(t => t.Sequence).ShouldBe([3L, 9L]);
        history[^1].ToStatus.ShouldBe(AgentStatus.Archived);
    }

    [Theory]
    [InlineData("nothing behind it")]
    [InlineData("another agent's transaction")]
    [InlineData("a transaction of the other kind")]
    [InlineData("a transaction that landed and did something else")]
    [InlineData("another signature than the chain's")]
    [InlineData("another mint than the chain's")]
    [InlineData("a transaction that was given up")]
    public async Task A_success_that_a_stranger_sends_is_not_believed(string forgery)
    {
        var agent = new AgentRows(AgentStatus.PendingTokenSignature);
        var (kind, made) = AgentEvents.MadeBy(AgentEvent.TokenCreationSuccess)!.Value;
        var other = new AgentRows(AgentStatus.PendingTokenSignature);
        _ = forgery switch
        {
            "nothing behind it" => agent,
            "another agent's transaction" => other.With(
                kind,
                TransactionStatus.Finalized,
                AttemptStatus.Finalized,
                agent.TransactionId,
                made
            ),
            "a transaction of the other kind" => agent.With(
                TransactionKind.PoolCreation,
                TransactionStatus.Finalized,
                AttemptStatus.Finalized,
                made: made
            ),
            "a transaction that landed and did something else" => agent.With(kind, TransactionStatus.Finalized, AttemptStatus.Finalized),
            "another signature than the chain's" => agent.With(
                kind,
                TransactionStatus.Finalized,
                AttemptStatus.Finalized,
                made: made with
                {
                    Signature = "the chain's",
                }
            ),
            "another mint than the chain's" => agent.With(
                kind,
                TransactionStatus.Finalized,
                AttemptStatus.Finalized,
                made: made with
                {
                    Address = "the chain's",
                }
            ),
            _ => agent.With(kind, TransactionStatus.Cancelled, AttemptStatus.Withdrawn, made: made),
        };
        await SaveAsync(other);
        await SaveAsync(agent);
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, AgentEvent.TokenCreationSuccess));

        var answer = await host.AskAsync(AgentEvents.Create(AgentEvent.TokenCreationSuccess, agent.Id, operationId, agent.TransactionId));

        answer.ErrorCode.ShouldBe("success_not_on_record");
        (await InstanceAsync(agent)).TokenMint.ShouldBeNull();
        var row = (await HistoryAsync(agent)).ShouldHaveSingleItem();
        row.Accepted.ShouldBeFalse();
        row.Reason.ShouldNotBeNull().ShouldContain($"{agent.TransactionId}");
    }

    [Fact]
    public async Task RETRY_looks_on_chain_first_and_goes_on_with_the_token_that_it_finds_there()
    {
        var agent = await SaveAsync(new AgentRows(AgentStatus.Failed));
        host.Landed.Tokens[agent.Id] = new DeploymentMade("mint on chain", "signature on chain", 12, 34);

        var answer = await AskAsync(agent, AgentEvent.Retry);

        answer.AgentStatus.ShouldBe(AgentStatus.PendingPoolSignature);
        var life = await InstanceAsync(agent);
        (life.TokenMint, life.TokenSignature, life.TokenSlot, life.TokenBlockTime).ShouldBe(
            ("mint on chain", "signature on chain", 12UL, 34L)
        );
        (await HistoryAsync(agent)).ShouldHaveSingleItem().ToStatus.ShouldBe(AgentStatus.PendingPoolSignature);
    }

    private async Task<AgentRows> SaveAsync(AgentRows agent)
    {
        await host.SaveAsync(agent.All);
        return agent;
    }

    private async Task<IAgentCommand> EventAsync(AgentRows agent, string @event)
    {
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, @event));
        return AgentEvents.Create(@event, agent.Id, operationId);
    }

    /// <summary>A success with a transaction of its own behind it.</summary>
    private async Task<Operation> SucceedAsync(AgentRows agent, string @event)
    {
        var (operationId, transactionId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.SaveAsync(agent.NewOperation(operationId, @event));
        await host.SaveAsync(agent.NewlyBehind(@event, transactionId));
        return await host.AskAsync(AgentEvents.Create(@event, agent.Id, operationId, transactionId));
    }

    private async Task<Operation> AskAsync(AgentRows agent, string @event) => await host.AskAsync(await EventAsync(agent, @event));

    private async Task<Operation> RegisterAsync(AgentRows agent)
    {
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, "REGISTER"));
        return await host.AskAsync(
            new RegisterAgent
            {
                AgentId = agent.Id,
                OperationId = operationId,
                Actor = AgentEvents.Actor,
            }
        );
    }

    private Task<List<AgentTransition>> HistoryAsync(AgentRows agent) =>
        host.QueryAsync(db => db.AgentTransitions.Where(t => t.AgentId == agent.Id).OrderBy(t => t.Sequence).ToListAsync());

    private Task<AgentLifecycleInstance> InstanceAsync(AgentRows agent) =>
        host.QueryAsync(db => db.AgentLifecycles.SingleAsync(i => i.CorrelationId == agent.Id));

    public sealed class Running : IAsyncLifetime
    {
        internal LifecycleHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await LifecycleHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
