using Clones.Contracts.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>
/// An event for an agent that has no lifecycle. Where the API has stored the agent, REGISTER is on its way and was overtaken: the event
/// is tried again for a few seconds. Otherwise, and after that, it is answered.
/// </summary>
internal static class UnregisteredAgent
{
    /// <summary>Longer than the outbox takes to deliver a message that was committed earlier; about 4 s in all.</summary>
    private static readonly TimeSpan[] RetryAfter =
    [
        TimeSpan.FromMilliseconds(100),
        TimeSpan.FromMilliseconds(250),
        TimeSpan.FromMilliseconds(500),
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(2),
    ];

    public static void RetryOvertakingEvents(this IConsumePipeConfigurator endpoint) =>
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<RegistrationOvertakenException>();
            retry.Intervals(RetryAfter);
        });

    public static async Task AnswerAsync<T>(ConsumeContext<T> context)
        where T : class, IAgentCommand
    {
        var rows = context.Service<ILifecycleRows>();
        var agentId = context.Message.AgentId;
        if (context.GetRetryAttempt() < RetryAfter.Length && await rows.IsStoredAsync(agentId, context.CancellationToken))
        {
            throw new RegistrationOvertakenException(agentId);
        }

        context.Service<AgentHistory>().AnswerAgentNotFound(context.Message);
    }
}

internal sealed class RegistrationOvertakenException(Guid agentId)
    : Exception($"Agent {agentId} is stored, but its lifecycle has not begun yet.");
