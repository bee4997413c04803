using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>Why an event changed nothing.</summary>
/// <param name="Code">Stable; the API shows it as the code of the problem.</param>
/// <param name="Detail">For people.</param>
/// <param name="PermittedEvents">What would have been accepted instead.</param>
/// <param name="InFlight">What it has to wait for; null where it is no matter of waiting.</param>
internal sealed record Rejection(string Code, string Detail, IReadOnlyList<string> PermittedEvents, SubmissionInFlight? InFlight = null)
{
    public static Rejection AgentNotFound(Guid agentId) => new("agent_not_found", $"There is no agent {agentId}.", []);

    public static Rejection EventNotValid<T>(BehaviorContext<AgentLifecycleInstance, T> context)
        where T : class, IAgentCommand
    {
        var status = UpperSnakeCase.From(context.Saga.CurrentState);
        var permitted = context.Graph().PermittedEvents(status);
        return new(
            "event_not_valid",
            $"{context.EventName()} is not valid while the agent is {status}; permitted: {List(permitted)}.",
            permitted
        );
    }

    public static Rejection SubmissionInFlight<T>(BehaviorContext<AgentLifecycleInstance, T> context, SubmissionInFlight submission)
        where T : class, IAgentCommand
    {
        var status = UpperSnakeCase.From(context.Saga.CurrentState);
        var permitted = context.Graph().PermittedEventsDuringSubmission(status);
        return new(
            "submission_in_flight",
            $"{context.EventName()} has to wait while the agent is {status}: {submission.Words}. {submission.Advice} "
                + $"Permitted now: {List(permitted)}.",
            permitted,
            submission
        );
    }

    /// <summary>A restored database may have forgotten what the agent has on chain; what is cancelled or archived now could not be taken over then.</summary>
    public static Rejection ChainIsRead<T>(BehaviorContext<AgentLifecycleInstance, T> context)
        where T : class, IAgentCommand
    {
        var status = UpperSnakeCase.From(context.Saga.CurrentState);
        var permitted = context.Graph().PermittedEvents(status).Where(e => e is not (AgentEvent.Cancel or AgentEvent.Archive)).ToList();
        return new(
            "chain_is_read",
            $"{context.EventName()} has to wait while the agent is {status}: the database was restored or moved, and what stands on chain is "
                + $"being read. Ask again in some minutes. Permitted now: {List(permitted)}.",
            permitted
        );
    }

    /// <summary>A success that no row of the database stands behind: whoever has sent it, it is not believed.</summary>
    public static Rejection SuccessNotOnRecord<T>(BehaviorContext<AgentLifecycleInstance, T> context, Guid transactionId)
        where T : class, IAgentCommand
    {
        var permitted = context.Graph().PermittedEvents(UpperSnakeCase.From(context.Saga.CurrentState));
        return new(
            "success_not_on_record",
            $"{context.EventName()} is rejected: the database shows no finalized transaction {transactionId} of this agent that made what it reports. "
                + $"Permitted: {List(permitted)}.",
            permitted
        );
    }

    private static string List(IReadOnlyList<string> events) => events.Count == 0 ? "none" : string.Join(", ", events);
}
