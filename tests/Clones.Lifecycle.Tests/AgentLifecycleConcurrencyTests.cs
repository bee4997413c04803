using System.Net.Http.Json;
using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Testing;
using Microsoft.EntityFrameworkCore;

namespace Clones.Lifecycle.Tests;

/// <summary>Conflicting events at once, over RabbitMQ and PostgreSQL, on the bus as both hosts configure it.</summary>
public sealed class AgentLifecycleConcurrencyTests(AgentLifecycleConcurrencyTests.Running running)
    : IClassFixture<AgentLifecycleConcurrencyTests.Running>
{
    private const int Agents = 8;
    private readonly LifecycleHost host = running.Host;

    [Fact]
    public async Task Of_two_deployments_started_at_once_one_is_started()
    {
        var agents = await SaveAsync(() => new AgentRows(AgentStatus.Draft));

        var answers = await Task.WhenAll(
            agents.Select(a => Task.WhenAll(AskAsync(a, AgentEvent.InitiateDeployment), AskAsync(a, AgentEvent.InitiateDeployment)))
        );

        foreach (var pair in answers)
        {
            pair.Select(a => a.Status).ShouldBe([OperationStatus.Succeeded, OperationStatus.Refused], ignoreOrder: true);
        }

        foreach (var agent in agents)
        {
            await ShouldHaveALegalHistoryAsync(agent);
        }
    }

    [Fact]
    public async Task A_storm_of_all_events_leaves_a_legal_history()
    {
        var agents = await SaveAsync(() =>
        {
            var agent = new AgentRows(AgentStatus.Draft);
            return agent.Behind(AgentEvent.TokenCreationSuccess).Behind(AgentEvent.PoolCreationSuccess, agent.PoolTransactionId);
        });

        // Of each success one is true and one is forged.
        await Task.WhenAll(
            agents.SelectMany(a => AgentEvent.All.Select(e => AskAsync(a, e)).Concat(AgentEvent.All.Select(e => AskAsync(a, e, "forged"))))
        );

        foreach (var agent in agents)
        {
            (await ShouldHaveALegalHistoryAsync(agent)).Count.ShouldBe(2 * AgentEvent.All.Count);
        }

        host.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Cancel_and_submission_at_once_leave_either_but_never_both()
    {
        var agents = await SaveAsync(Prepared);

        var outcomes = await Task.WhenAll(
            agents.Select(async a =>
            {
                var submission = SubmitAsync(a);
                var answer = await AskAsync(a, AgentEvent.Cancel);
                return (Agent: a, Submitted: await submission, Cancelled: answer.Status == OperationStatus.Succeeded);
            })
        );

        foreach (var (agent, submitted, cancelled) in outcomes)
        {
            cancelled.ShouldBe(!submitted);
            var history = await ShouldHaveALegalHistoryAsync(agent);
            history[^1].ToStatus.ShouldBe(submitted ? AgentStatus.PendingTokenSignature : AgentStatus.Draft);
            (await AttemptAsync(agent)).ShouldBe(submitted ? AttemptStatus.Submitted : AttemptStatus.Withdrawn);
        }
    }

    [Fact]
    public async Task Cancel_waits_for_a_submission_that_is_being_committed_and_is_rejected()
    {
        var agent = Prepared();
        await host.SaveAsync(agent.All);
        Task<Operation> cancel = null!;

        await SubmitAsync(
            agent,
            beforeCommit: async () =>
            {
                cancel = AskAsync(agent, AgentEvent.Cancel);
                await host.SomebodyWaitsForALockAsync();
            }
        );

        (await cancel).ErrorCode.ShouldBe("submission_in_flight");
        (await AttemptAsync(agent)).ShouldBe(AttemptStatus.Submitted);
    }

    [Fact]
    public async Task Rejections_are_answers_and_never_reach_an_error_queue()
    {
        var agents = await SaveAsync(() => new AgentRows(AgentStatus.Archived));

        await Task.WhenAll(agents.SelectMany(a => AgentEvent.All.Select(e => AskAsync(a, e))));

        (await running.QueuesAsync()).ShouldNotContain(queue => queue.EndsWith("_error") || queue.EndsWith("_skipped"));
    }

    private static AgentRows Prepared() =>
        new AgentRows(AgentStatus.PendingTokenSignature).With(
            TransactionKind.TokenCreation,
            TransactionStatus.Accepted,
            AttemptStatus.Prepared
        );

    /// <summary>As the API does it: the transaction's row is locked, then the prepared attempt takes the owner's signature.</summary>
    private Task<bool> SubmitAsync(AgentRows agent, Func<Task>? beforeCommit = null) =>
        host.QueryAsync(async db =>
        {
            await using var commit = await db.Database.BeginTransactionAsync();
            await db.Transactions.FromSql($"SELECT * FROM transactions WHERE id = {agent.TransactionId} FOR UPDATE").ToListAsync();
            var attempt = await db.TransactionAttempts.SingleAsync(a => a.TransactionId == agent.TransactionId);
            if (attempt.Status != AttemptStatus.Prepared)
            {
                return false;
            }

            attempt.MoveTo(AttemptStatus.Submitted);
            attempt.OwnerSignature = "owner-signature";
            await db.SaveChangesAsync();
            await (beforeCommit?.Invoke() ?? Task.CompletedTask);
            await commit.CommitAsync();
            return true;
        });

    private async Task<List<AgentRows>> SaveAsync(Func<AgentRows> create)
    {
        var agents = Enumerable.Range(0, Agents).Select(_ => create()).ToList();
        await host.SaveAsync(agents.SelectMany(a => a.All));
        return agents;
    }

    private async Task<Operation> AskAsync(AgentRows agent, string @event, string signature = "new-signature")
    {
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, @event));
        var transactionId = @event == AgentEvent.PoolCreationSuccess ? agent.PoolTransactionId : agent.TransactionId;
        return await host.AskAsync(AgentEvents.Create(@event, agent.Id, operationId, transactionId, signature));
    }

    private Task<AttemptStatus> AttemptAsync(AgentRows agent) =>
        host.QueryAsync(db =>
            db.TransactionAttempts.Where(a => a.TransactionId == agent.TransactionId).Select(a => a.Status).SingleAsync()
        );

    private async Task<List<AgentTransition>> ShouldHaveALegalHistoryAsync(AgentRows agent)
    {
        var history = await host.QueryAsync(db =>
            db.AgentTransitions.Where(t => t.AgentId == agent.Id).OrderBy(t => t.Sequence).ToListAsync()
        );
        var instance = await host.QueryAsync(db => db.AgentLifecycles.SingleAsync(i => i.CorrelationId == agent.Id));
        history.Select(t => t.Sequence).ShouldBe(Enumerable.Range(1, history.Count).Select(i => AgentRows.SequenceBefore + i));

        var status = history[0].FromStatus;
        var tokenExists = false;
        foreach (var row in history)
        {
            row.FromStatus.ShouldBe(status);
            if (row.Accepted)
            {
                row.ToStatus.ShouldBe(LifecycleDiagram.Target(status!, row.Event, tokenExists));
            }
            else
            {
                row.ToStatus.ShouldBe(status);
            }

            tokenExists |= row is { Accepted: true, Event: AgentEvent.TokenCreationSuccess };
            status = row.ToStatus;
        }
        UpperSnakeCase.From(instance.CurrentState).ShouldBe(status);
        return history;
    }

    public sealed class Running : IAsyncLifetime
    {
        private readonly RabbitMqFixture rabbit = new();
        private TestVirtualHost virtualHost = null!;

        internal LifecycleHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            virtualHost = await rabbit.CreateVirtualHostAsync();
            Host = await LifecycleHost.StartAsync(virtualHost.Amqp);
        }

        public async Task<IReadOnlyList<string>> QueuesAsync()
        {
            var management = await rabbit.ManagementAsync();
            var queues = await management.GetFromJsonAsync<List<Queue>>($"queues/{virtualHost.Name}");
            return [.. queues!.Select(q => q.Name)];
        }

        public async ValueTask DisposeAsync()
        {
            await Host.DisposeAsync();
            await rabbit.DisposeAsync();
        }

        private sealed record Queue(string Name);
    }
}
