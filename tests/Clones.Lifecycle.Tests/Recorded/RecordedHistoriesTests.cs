using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Lifecycle;
using Clones.Lifecycle.Tests;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Tests.Agents.Recorded;

/// <summary>Agents that an older version of the machine has left in any state go on under the version of today. See docs/evolution.md.</summary>
public sealed class RecordedHistoriesTests(RecordedHistoriesTests.Running running) : IClassFixture<RecordedHistoriesTests.Running>
{
    private const string RecordVariable = "CLONES_RECORD_HISTORIES";

    public static TheoryData<string> Histories =>
        [.. RecordedMachine.All.SelectMany(m => m.Histories.Select(h => $"{m.Machine[..16]} {h.Name}"))];

    [Fact]
    public async Task The_machine_that_runs_has_been_recorded_in_every_state()
    {
        var machine = new AgentLifecycleStateMachine();
        var fingerprint = LifecycleMachine.Of(machine.Graph, default).Fingerprint;
        if (Environment.GetEnvironmentVariable(RecordVariable) == "1")
        {
            (await new HistoryRecorder(running.Host).RecordAsync(machine)).Save();
        }

        var recorded = RecordedMachine.All.SingleOrDefault(m => m.Machine == fingerprint);

        recorded.ShouldNotBeNull(
            $"The machine has changed: run this test with {RecordVariable}=1, twice, and commit the file that it writes."
        );
        recorded.Histories.Select(h => h.Status).Distinct().ShouldBe(machine.Graph.Statuses, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task Events_as_they_were_sent_then_lead_to_the_same_statuses(string name)
    {
        var history = Find(name);
        var agent = new AgentRows(status: null);
        await running.Host.SaveAsync(agent.All);

        foreach (var told in history.Events)
        {
            (await TellAsync(agent, told)).ShouldBe((OperationStatus.Succeeded, told.Status), told.Type);
        }
    }

    [Theory]
    [MemberData(nameof(Histories))]
    public async Task A_row_as_it_was_stored_then_goes_wherever_it_could_go_then(string name)
    {
        var history = Find(name);

        foreach (var next in history.Next)
        {
            var agent = new AgentRows(status: null);
            await running.Host.SaveAsync(agent.All);
            await InsertAsync(agent.Id, history);

            (await TellAsync(agent, next)).ShouldBe((OperationStatus.Succeeded, next.Status), next.Type);
        }
    }

    [Fact]
    public async Task An_agent_in_a_state_of_a_later_version_is_left_as_it_is_and_its_event_goes_to_the_error_queue()
    {
        await using var host = await LifecycleHost.StartAsync();
        var agent = new AgentRows("STATE_OF_TOMORROW");
        await host.SaveAsync(agent.All);
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, AgentEvent.Archive));

        await host.PublishAsync(AgentEvents.Create(AgentEvent.Archive, agent.Id, operationId));

        await PatientWait.UntilAsync(() => Task.FromResult(host.Faults.FirstOrDefault()), "the message to be given up");
        (await host.QueryAsync(db => db.AgentLifecycles.SingleAsync(l => l.CorrelationId == agent.Id))).Version.ShouldBe(1);
        (await host.QueryAsync(db => db.AgentTransitions.CountAsync(t => t.AgentId == agent.Id))).ShouldBe(0);
    }

    private static RecordedHistory Find(string name) =>
        RecordedMachine
            .All.Single(m => name.StartsWith(m.Machine[..16], StringComparison.Ordinal))
            .Histories.Single(h => name[17..] == h.Name);

    private async Task<(OperationStatus, string?)> TellAsync(AgentRows agent, RecordedEvent told)
    {
        var operationId = Guid.CreateVersion7();
        await running.Host.SaveAsync(agent.NewOperation(operationId, told.Type));
        var command = told.Read(agent.Id, operationId);
        await running.Host.StandBehindAsync(agent, command);
        var answer = await running.Host.AskAsync(command);
        return (answer.Status, answer.AgentStatus);
    }

    /// <summary>Only the columns that it had: those that came later get what their migration gives to rows that are there.</summary>
    private Task InsertAsync(Guid agentId, RecordedHistory history)
    {
        var columns = string.Join(", ", history.Row.Select(c => c.Key).Append("agent_id"));
        var row = history.Row.DeepClone().AsObject();
        row["agent_id"] = agentId;
        return running.Host.QueryAsync(db =>
#pragma warning disable EF1002 // names of columns out of a file of this repository
            db.Database.ExecuteSqlRawAsync(
                $"INSERT INTO agent_lifecycles ({columns}) SELECT {columns} FROM jsonb_populate_record(null::agent_lifecycles, {{0}}::jsonb)",
                row.ToJsonString()
            )
#pragma warning restore EF1002
        );
    }

    public sealed class Running : IAsyncLifetime
    {
        internal LifecycleHost Host { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Host = await LifecycleHost.StartAsync();

        public ValueTask DisposeAsync() => Host.DisposeAsync();
    }
}
