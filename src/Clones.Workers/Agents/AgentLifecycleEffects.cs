using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Workers.Agents;

/// <summary>The verbs of the table in <see cref="AgentLifecycleStateMachine"/>.</summary>
internal static class AgentLifecycleEffects
{
    public static EventActivityBinder<AgentLifecycleInstance, RegisterAgent> BeginHistory(
        this EventActivityBinder<AgentLifecycleInstance, RegisterAgent> binder
    ) => binder.Then(context => context.Saga.CreatedAt = context.Service<TimeProvider>().GetUtcNow());

    public static EventActivityBinder<AgentLifecycleInstance, RegisterAgent> AnswerAlreadyRegistered(
        this EventActivityBinder<AgentLifecycleInstance, RegisterAgent> binder
    ) => binder.Then(context => context.Service<AgentHistory>().AnswerUnchanged(context.Saga, context.Message));

    public static EventActivityBinder<AgentLifecycleInstance, T> RequestTokenCreation<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class, IAgentCommand =>
        binder.ThenAsync(context => context.Publish(new PrepareTokenCreation { AgentId = context.Message.AgentId }));

    public static EventActivityBinder<AgentLifecycleInstance, T> RequestPoolCreation<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class, IAgentCommand =>
        binder.ThenAsync(context => context.Publish(new PreparePoolCreation { AgentId = context.Message.AgentId }));

    public static EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> StoreToken(
        this EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> binder
    ) =>
        binder.Then(context =>
        {
            context.Saga.TokenMint = context.Message.Mint;
            context.Saga.TokenSignature = context.Message.Signature;
            context.Saga.TokenSlot = context.Message.Slot;
            context.Saga.TokenBlockTime = context.Message.BlockTime;
        });

    public static EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> StoreLiquidityPool(
        this EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> binder
    ) =>
        binder.Then(context =>
        {
            context.Saga.LiquidityPoolAddress = context.Message.PoolAddress;
            context.Saga.LiquidityPoolSignature = context.Message.Signature;
            context.Saga.LiquidityPoolSlot = context.Message.Slot;
            context.Saga.LiquidityPoolBlockTime = context.Message.BlockTime;
        });

    public static EventActivityBinder<AgentLifecycleInstance, FailDeployment> StoreFailure(
        this EventActivityBinder<AgentLifecycleInstance, FailDeployment> binder
    ) =>
        binder.Then(context =>
        {
            context.Saga.LastError = context.Message.Reason;
            context.Saga.ConsecutiveFailures++;
        });

    public static EventActivityBinder<AgentLifecycleInstance, T> ClearFailures<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class =>
        binder.Then(context =>
        {
            context.Saga.LastError = null;
            context.Saga.ConsecutiveFailures = 0;
        });

    /// <summary>What the owner was to sign can no longer be submitted: the same commit that moves the agent closes it.</summary>
    public static EventActivityBinder<AgentLifecycleInstance, T> WithdrawPreparedTransaction<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class, IAgentCommand =>
        binder.ThenAsync(context =>
            context.Service<OpenDeployments>().WithdrawAsync(context.Message, context.EventName(), context.CancellationToken)
        );

    public static EventActivityBinder<AgentLifecycleInstance, T> RefuseWhileSubmissionInFlight<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class, IAgentCommand => binder.Add(new SubmissionInFlightGuard<T>());

    public static EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> IgnoreTokenAlreadyStored(
        this EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> binder
    ) => binder.Add(new IgnoreRepeated<TokenCreationSucceeded>(context => context.Saga.TokenSignature == context.Message.Signature));

    public static EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> IgnoreLiquidityPoolAlreadyStored(
        this EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> binder
    ) => binder.Add(new IgnoreRepeated<PoolCreationSucceeded>(context => context.Saga.LiquidityPoolSignature == context.Message.Signature));

    public static EventActivityBinder<AgentLifecycleInstance, T> Refuse<T>(this EventActivityBinder<AgentLifecycleInstance, T> binder)
        where T : class, IAgentCommand =>
        binder.Then(context => context.Service<AgentHistory>().Refuse(context, Refusal.EventNotValid(context)));
}
