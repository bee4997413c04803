using System.Reflection;
using Clones.Contracts.Agents;
using Clones.Lifecycle;
using Clones.Messaging.Bus;
using Clones.Persistence.Agents;
using Clones.Simulation.Store;
using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Simulation;

/// <summary>
/// The real state machine, with its guards and its history, through the filter that MassTransit raises events with. What is done here in the place
/// of the repository is little: the instance under its row lock, and its version.
/// </summary>
internal static class LifecycleSaga
{
    private static readonly AgentLifecycleStateMachine Machine = new();

    private static readonly Dictionary<Type, Event> Events = Machine
        .Events.Where(AgentLifecycleGraphReader.IsOurs)
        .ToDictionary(e => e.GetType().GetGenericArguments()[0]);

    private static readonly MethodInfo Raise = typeof(LifecycleSaga).GetMethod(
        nameof(RaiseOneAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    public static Task RaiseAsync(IAgentCommand command, IServiceProvider services, SimulatedWork work) =>
        (Task)Raise.MakeGenericMethod(command.GetType()).Invoke(null, [command, services, work])!;

    private static async Task RaiseOneAsync<T>(T command, IServiceProvider services, SimulatedWork work)
        where T : class, IAgentCommand
    {
        var id = command.AgentId;
        var instance =
            await services.GetRequiredService<SimulatedLifecycle>().LockInstanceAsync(id)
            ?? throw new UnacceptableMessageException($"There is no agent {id}.");
        var context = new DefaultSagaConsumeContext<AgentLifecycleInstance, T>(new SimulatedConsume<T>(command, services, work), instance);
        var filter = new StateMachineSagaMessageFilter<AgentLifecycleInstance, T>(Machine, (Event<T>)Events[typeof(T)]);
        await filter.Send(context, Pipe.Empty<SagaConsumeContext<AgentLifecycleInstance, T>>());
        instance.Version++;
    }
}
