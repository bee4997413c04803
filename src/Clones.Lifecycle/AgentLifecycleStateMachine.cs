using Clones.Contracts.Agents;
using Clones.Persistence.Agents;
using MassTransit;

namespace Clones.Lifecycle;

/// <summary>
/// The lifecycle of an agent: eight states, nine events, and REGISTER that begins it. What the table does not permit is rejected and
/// answered, never thrown. <see cref="AgentHistory"/> writes a row for whatever happens here; docs/lifecycle.md is drawn from here.
/// </summary>
internal sealed class AgentLifecycleStateMachine : MassTransitStateMachine<AgentLifecycleInstance>
{
    private readonly Lazy<AgentLifecycleGraph> graph;

    public AgentLifecycleStateMachine()
    {
        InstanceState(instance => instance.CurrentState);

        Event(() => Register, e => e.CorrelateById(m => m.Message.AgentId));
        Event(() => InitiateDeployment, ByAgent);
        Event(() => TokenCreationSuccess, ByAgent);
        Event(() => InitiatePoolCreation, ByAgent);
        Event(() => PoolCreationSuccess, ByAgent);
        Event(() => Deactivate, ByAgent);
        Event(() => Archive, ByAgent);
        Event(() => Fail, ByAgent);
        Event(() => Cancel, ByAgent);
        Event(() => Retry, ByAgent);

        Initially(When(Register).BeginHistory().TransitionTo(Draft));

        During(
            Draft,
            When(InitiateDeployment).RequestTokenCreation().TransitionTo(PendingTokenSignature),
            // What was cancelled and has landed nevertheless: the agent moves on instead of standing where it was put back to.
            When(TokenCreationSuccess).RejectUnlessOnRecord().StoreToken().ClearFailures().TransitionTo(TokenCreated),
            When(Archive).RejectWhileChainIsRead().TransitionTo(Archived)
        );

        During(
            PendingTokenSignature,
            When(TokenCreationSuccess).RejectUnlessOnRecord().StoreToken().ClearFailures().TransitionTo(TokenCreated),
            When(Fail).RejectWhileSubmissionInFlight().StoreFailure().WithdrawPreparedTransaction().TransitionTo(Failed),
            When(Cancel).RejectWhileChainIsRead().RejectWhileSubmissionInFlight().WithdrawPreparedTransaction().TransitionTo(Draft)
        );

        During(
            TokenCreated,
            When(InitiatePoolCreation).RequestPoolCreation().TransitionTo(PendingPoolSignature),
            When(Cancel).RejectWhileChainIsRead().RejectWhileSubmissionInFlight().TransitionTo(Failed)
        );

        During(
            PendingPoolSignature,
            When(PoolCreationSuccess).RejectUnlessOnRecord().StoreLiquidityPool().ClearFailures().TransitionTo(Deployed),
            When(Fail).RejectWhileSubmissionInFlight().StoreFailure().WithdrawPreparedTransaction().TransitionTo(Failed),
            When(Cancel).RejectWhileChainIsRead().RejectWhileSubmissionInFlight().WithdrawPreparedTransaction().TransitionTo(Failed)
        );

        During(Deployed, When(Deactivate).TransitionTo(Deactivated));

        During(Deactivated, When(Archive).TransitionTo(Archived));

        During(
            Failed,
            When(TokenCreationSuccess, NoToken).RejectUnlessOnRecord().StoreToken().ClearFailures().TransitionTo(TokenCreated),
            When(TokenCreationSuccess, TokenExists).IgnoreTokenAlreadyStored().Reject(),
            When(PoolCreationSuccess, TokenExists).RejectUnlessOnRecord().StoreLiquidityPool().ClearFailures().TransitionTo(Deployed),
            When(PoolCreationSuccess, NoToken).Reject(),
            When(Retry)
                .RejectWhileSubmissionInFlight()
                .AdoptTokenOnChain()
                .When(NoToken, then => then.RequestTokenCreation().TransitionTo(PendingTokenSignature))
                .When(TokenExists, then => then.RequestPoolCreation().TransitionTo(PendingPoolSignature)),
            When(Archive).RejectWhileChainIsRead().TransitionTo(Archived)
        );

        DuringAny(When(Register).AnswerAlreadyRegistered());

        // A success may be delivered again long after it was recorded; the same signature is the same success, not an event out of place.
        RejectElsewhere(TokenCreationSuccess, late => late.IgnoreTokenAlreadyStored());
        RejectElsewhere(PoolCreationSuccess, late => late.IgnoreLiquidityPoolAlreadyStored());
        RejectElsewhere(InitiateDeployment);
        RejectElsewhere(InitiatePoolCreation);
        RejectElsewhere(Deactivate);
        RejectElsewhere(Archive);
        RejectElsewhere(Fail);
        RejectElsewhere(Cancel);
        RejectElsewhere(Retry);

        ConnectStateObserver(new TransitionRecorder());
        graph = new(() => AgentLifecycleGraphReader.Read(this));
    }

    public State Draft { get; private set; } = null!;
    public State PendingTokenSignature { get; private set; } = null!;
    public State TokenCreated { get; private set; } = null!;
    public State PendingPoolSignature { get; private set; } = null!;
    public State Deployed { get; private set; } = null!;
    public State Deactivated { get; private set; } = null!;
    public State Failed { get; private set; } = null!;

    /// <summary>The end. Not MassTransit's Final, which may delete the row and fits no name of ours.</summary>
    public State Archived { get; private set; } = null!;

    public Event<RegisterAgent> Register { get; private set; } = null!;
    public Event<InitiateDeployment> InitiateDeployment { get; private set; } = null!;
    public Event<TokenCreationSucceeded> TokenCreationSuccess { get; private set; } = null!;
    public Event<InitiatePoolCreation> InitiatePoolCreation { get; private set; } = null!;
    public Event<PoolCreationSucceeded> PoolCreationSuccess { get; private set; } = null!;
    public Event<DeactivateAgent> Deactivate { get; private set; } = null!;
    public Event<ArchiveAgent> Archive { get; private set; } = null!;
    public Event<FailDeployment> Fail { get; private set; } = null!;
    public Event<CancelDeployment> Cancel { get; private set; } = null!;
    public Event<RetryDeployment> Retry { get; private set; } = null!;

    /// <summary>This machine as data, read from what it is bound to do.</summary>
    public AgentLifecycleGraph Graph => graph.Value;

    private static LifecycleCondition NoToken { get; } = new("if no token", instance => instance.TokenMint is null);
    private static LifecycleCondition TokenExists { get; } = new("if token exists", instance => instance.TokenMint is not null);

    private static void ByAgent<TEvent>(IEventCorrelationConfigurator<AgentLifecycleInstance, TEvent> correlation)
        where TEvent : class, IAgentCommand
    {
        correlation.CorrelateById(m => m.Message.AgentId);
        correlation.OnMissingInstance(missing => missing.ExecuteAsync(UnregisteredAgent.AnswerAsync));
    }

    private EventActivityBinder<AgentLifecycleInstance, TEvent> When<TEvent>(Event<TEvent> @event, LifecycleCondition condition)
        where TEvent : class => When(@event, context => condition.Holds(context.Saga)).Add(new ConditionLabel<TEvent>(condition.Text));

    private void RejectElsewhere<TEvent>(
        Event<TEvent> @event,
        Func<EventActivityBinder<AgentLifecycleInstance, TEvent>, EventActivityBinder<AgentLifecycleInstance, TEvent>>? unless = null
    )
        where TEvent : class, IAgentCommand
    {
        foreach (var state in States.Except([Initial, Final]).Where(state => !NextEvents(state).Contains(@event)))
        {
            During(state, (unless?.Invoke(When(@event)) ?? When(@event)).Reject());
        }
    }
}
