using System.Text.Json.Nodes;
using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Lifecycle;
using Clones.Lifecycle.Tests;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Tests.Agents.Recorded;

/// <summary>Leads agents into every state of the machine that runs, and writes down how, what they were then, and what was open to them.</summary>
internal sealed class HistoryRecorder(LifecycleHost host)
{
    private static readonly Dictionary<string, string[]> Ways = new()
    {
        ["DRAFT"] = [],
        ["PENDING_TOKEN_SIGNATURE"] = [AgentEvent.InitiateDeployment],
        ["DRAFT again"] = [AgentEvent.InitiateDeployment, AgentEvent.Cancel],
        ["FAILED without a token"] = [AgentEvent.InitiateDeployment, AgentEvent.Fail],
        ["TOKEN_CREATED"] = [AgentEvent.InitiateDeployment, AgentEvent.TokenCreationSuccess],
        ["FAILED with a token"] = [AgentEvent.InitiateDeployment, AgentEvent.TokenCreationSuccess, AgentEvent.Cancel],
        ["PENDING_POOL_SIGNATURE"] = [.. ToPool],
        ["PENDING_POOL_SIGNATURE again"] = [.. ToPool, AgentEvent.Fail, AgentEvent.Retry],
        ["DEPLOYED"] = [.. ToPool, AgentEvent.PoolCreationSuccess],
        ["DEACTIVATED"] = [.. ToPool, AgentEvent.PoolCreationSuccess, AgentEvent.Deactivate],
        ["ARCHIVED"] = [.. ToPool, AgentEvent.PoolCreationSuccess, AgentEvent.Deactivate, AgentEvent.Archive],
        ["ARCHIVED as a draft"] = [AgentEvent.Archive],
    };

    private static string[] ToPool => [AgentEvent.InitiateDeployment, AgentEvent.TokenCreationSuccess, AgentEvent.InitiatePoolCreation];

    public async Task<RecordedMachine> RecordAsync(AgentLifecycleStateMachine machine)
    {
        var histories = new List<RecordedHistory>();
        foreach (var (name, way) in Ways)
        {
            var (agent, events) = await LiveAsync(way);
            var row = await RowAsync(agent.Id);
            var next = new List<RecordedEvent>();
            foreach (var open in AgentEvent.All)
            {
                var (other, _) = await LiveAsync(way);
                if (await TellAsync(other, open) is (var told, true))
                {
                    next.Add(told);
                }
            }
            histories.Add(new(name, events, row, next));
        }
        return new(LifecycleMachine.Of(machine.Graph, default).Fingerprint, histories);
    }

    private async Task<(AgentRows Agent, List<RecordedEvent> Events)> LiveAsync(string[] way)
    {
        var agent = new AgentRows(status: null);
        await host.SaveAsync(agent.All);
        var events = new List<RecordedEvent>();
        foreach (var name in way.Prepend("REGISTER"))
        {
            var (told, isAccepted) = await TellAsync(agent, name);
            isAccepted.ShouldBeTrue($"{name} after {string.Join(", ", events.Select(e => e.Type))}");
            events.Add(told);
        }
        return (agent, events);
    }

    private async Task<(RecordedEvent Told, bool IsAccepted)> TellAsync(AgentRows agent, string name)
    {
        var operationId = Guid.CreateVersion7();
        await host.SaveAsync(agent.NewOperation(operationId, name));
        IAgentCommand command =
            name == "REGISTER"
                ? new RegisterAgent
                {
                    AgentId = agent.Id,
                    OperationId = operationId,
                    Actor = AgentEvents.Actor,
                }
                : AgentEvents.Create(name, agent.Id, operationId, TransactionOf(agent, name));
        await host.StandBehindAsync(agent, command);
        var answer = await host.AskAsync(command);
        return (RecordedEvent.Of(command, answer.AgentStatus!), answer.Status == OperationStatus.Succeeded);
    }

    private static Guid TransactionOf(AgentRows agent, string name) =>
        AgentEvents.MadeBy(name) is var (kind, _) ? TransactionIds.OfDeployment(agent.Id, kind, 1) : agent.TransactionId;

    private async Task<JsonObject> RowAsync(Guid agentId)
    {
        var text = await host.QueryAsync(db =>
            db.Database.SqlQuery<string>(
                    $"SELECT (to_jsonb(l) - 'agent_id')::text AS \"Value\" FROM agent_lifecycles l WHERE agent_id = {agentId}"
                )
                .SingleAsync()
        );
        return JsonNode.Parse(text)!.AsObject();
    }
}
