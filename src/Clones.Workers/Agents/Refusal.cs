using Clones.Contracts.Agents;
using Clones.Persistence;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Workers.Agents;

/// <summary>Why an event changed nothing.</summary>
/// <param name="Code">Stable; the API shows it as the code of the problem.</param>
/// <param name="Detail">For people.</param>
/// <param name="PermittedEvents">What would have been accepted instead.</param>
internal sealed record Refusal(string Code, string Detail, IReadOnlyList<string> PermittedEvents)
{
    public static Refusal AgentNotFound(Guid agentId) => new("agent_not_found", $"There is no agent {agentId}.", []);

    public static Refusal EventNotValid<T>(BehaviorContext<AgentLifecycleInstance, T> context)
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

    public static Refusal SubmissionInFlight<T>(BehaviorContext<AgentLifecycleInstance, T> context, string submission)
        where T : class, IAgentCommand
    {
        var status = UpperSnakeCase.From(context.Saga.CurrentState);
        var permitted = context.Graph().PermittedEventsDuringSubmission(status);
        return new(
            "submission_in_flight",
            $"{context.EventName()} has to wait while the agent is {status}: {submission}. Permitted now: {List(permitted)}.",
            permitted
        );
    }

    private static string List(IReadOnlyList<string> events) => events.Count == 0 ? "none" : string.Join(", ", events);
}
