using Clones.Contracts.Agents;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>Chooses between two lines of the table for one event.</summary>
/// <param name="Text">As the diagram says it.</param>
internal sealed record LifecycleCondition(string Text, Predicate<AgentLifecycleInstance> Holds);

/// <summary>Read by <see cref="AgentLifecycleGraphReader"/>, because a condition compiled into the machine no longer shows its name.</summary>
internal interface IConditionLabel
{
    string Text { get; }
}

/// <summary>Read by <see cref="AgentLifecycleGraphReader"/>: the line may be rejected although its event is valid in its state.</summary>
internal interface ISubmissionInFlightGuard;

internal abstract class LifecycleStep<T> : IStateMachineActivity<AgentLifecycleInstance, T>
    where T : class
{
    public abstract Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next);

    public Task Faulted<TException>(
        BehaviorExceptionContext<AgentLifecycleInstance, T, TException> context,
        IBehavior<AgentLifecycleInstance, T> next
    )
        where TException : Exception => next.Faulted(context);

    public void Accept(StateMachineVisitor visitor) => visitor.Visit(this);

    public void Probe(ProbeContext context) => context.CreateScope(GetType().Name);
}

internal sealed class ConditionLabel<T>(string text) : LifecycleStep<T>, IConditionLabel
    where T : class
{
    public string Text => text;

    public override Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next) =>
        next.Execute(context);
}

/// <summary>Goes on only where nothing of the agent may still land on chain; otherwise rejects, and the line ends here.</summary>
internal sealed class SubmissionInFlightGuard<T> : LifecycleStep<T>, ISubmissionInFlightGuard
    where T : class, IAgentCommand
{
    public override async Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next)
    {
        var submission = await context
            .Service<OpenDeployments>()
            .FindInFlightAsync(context.Saga, context.Message, context.CancellationToken);
        if (submission is null)
        {
            await next.Execute(context);
        }
        else
        {
            context.Service<AgentHistory>().Reject(context, Rejection.SubmissionInFlight(context, submission));
        }
    }
}

/// <summary>Goes on only where the database knows what stands on chain: not while the signing fence stands. Otherwise rejects, and the line ends here.</summary>
internal sealed class ChainIsReadGuard<T> : LifecycleStep<T>
    where T : class, IAgentCommand
{
    public override async Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next)
    {
        if (await context.Service<ILifecycleRows>().MayHaveForgottenAsync(context.Saga.CorrelationId, context.CancellationToken))
        {
            context.Service<AgentHistory>().Reject(context, Rejection.ChainIsRead(context));
        }
        else
        {
            await next.Execute(context);
        }
    }
}

/// <summary>Ends the line where the message repeats what is stored already: recorded once, answered again.</summary>
internal sealed class IgnoreRepeated<T>(Predicate<BehaviorContext<AgentLifecycleInstance, T>> isStored) : LifecycleStep<T>
    where T : class, IAgentCommand
{
    public override Task Execute(BehaviorContext<AgentLifecycleInstance, T> context, IBehavior<AgentLifecycleInstance, T> next)
    {
        if (!isStored(context))
        {
            return next.Execute(context);
        }

        context.Service<AgentHistory>().AnswerUnchanged(context.Saga, context.Message);
        return Task.CompletedTask;
    }
}
