using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

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
    ) => binder.Then(context => context.Saga.Store(MadeBy(context.Message)));

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

    /// <summary>Only what the database shows as made moves an agent: anybody on the broker can send a success.</summary>
    public static EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> RejectUnlessOnRecord(
        this EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> binder
    ) => binder.Add(new SuccessOnRecordGuard<TokenCreationSucceeded>(TransactionKind.TokenCreation, m => (m.TransactionId, MadeBy(m))));

    /// <inheritdoc cref="RejectUnlessOnRecord(EventActivityBinder{AgentLifecycleInstance, TokenCreationSucceeded})"/>
    public static EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> RejectUnlessOnRecord(
        this EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> binder
    ) => binder.Add(new SuccessOnRecordGuard<PoolCreationSucceeded>(TransactionKind.PoolCreation, m => (m.TransactionId, MadeBy(m))));

    /// <summary>Reads the chain before a line is chosen: a token that has landed without the agent knowing is its token from here on.</summary>
    public static EventActivityBinder<AgentLifecycleInstance, RetryDeployment> AdoptTokenOnChain(
        this EventActivityBinder<AgentLifecycleInstance, RetryDeployment> binder
    ) =>
        binder.ThenAsync(async context =>
        {
            if (
                context.Saga.TokenMint is null
                && await context.Service<IUnrecordedTokens>().AdoptAsync(context.Saga.CorrelationId, context.CancellationToken) is { } token
            )
            {
                context.Saga.Store(token);
            }
        });

    /// <summary>One of two lines that an event takes, named as the drawing shows it.</summary>
    public static EventActivityBinder<AgentLifecycleInstance, T> When<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder,
        LifecycleCondition condition,
        Func<EventActivityBinder<AgentLifecycleInstance, T>, EventActivityBinder<AgentLifecycleInstance, T>> line
    )
        where T : class =>
        binder.If(context => condition.Holds(context.Saga), then => line(then.Add(new ConditionLabel<T>(condition.Text))));

    public static EventActivityBinder<AgentLifecycleInstance, T> RejectWhileSubmissionInFlight<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class, IAgentCommand => binder.Add(new SubmissionInFlightGuard<T>());

    /// <summary>What is cancelled, or archived, must not be on chain without the database knowing.</summary>
    public static EventActivityBinder<AgentLifecycleInstance, T> RejectWhileChainIsRead<T>(
        this EventActivityBinder<AgentLifecycleInstance, T> binder
    )
        where T : class, IAgentCommand => binder.Add(new ChainIsReadGuard<T>());

    public static EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> IgnoreTokenAlreadyStored(
        this EventActivityBinder<AgentLifecycleInstance, TokenCreationSucceeded> binder
    ) => binder.Add(new IgnoreRepeated<TokenCreationSucceeded>(context => context.Saga.TokenSignature == context.Message.Signature));

    public static EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> IgnoreLiquidityPoolAlreadyStored(
        this EventActivityBinder<AgentLifecycleInstance, PoolCreationSucceeded> binder
    ) => binder.Add(new IgnoreRepeated<PoolCreationSucceeded>(context => context.Saga.LiquidityPoolSignature == context.Message.Signature));

    public static EventActivityBinder<AgentLifecycleInstance, T> Reject<T>(this EventActivityBinder<AgentLifecycleInstance, T> binder)
        where T : class, IAgentCommand =>
        binder.Then(context => context.Service<AgentHistory>().Reject(context, Rejection.EventNotValid(context)));

    private static void Store(this AgentLifecycleInstance agent, DeploymentMade token)
    {
        agent.TokenMint = token.Address;
        agent.TokenSignature = token.Signature;
        agent.TokenSlot = token.Slot;
        agent.TokenBlockTime = token.BlockTime;
    }

    private static DeploymentMade MadeBy(TokenCreationSucceeded message) =>
        new(message.Mint, message.Signature, message.Slot, message.BlockTime);

    private static DeploymentMade MadeBy(PoolCreationSucceeded message) =>
        new(message.PoolAddress, message.Signature, message.Slot, message.BlockTime);
}
