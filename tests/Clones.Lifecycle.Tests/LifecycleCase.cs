using Clones.Contracts.Agents;
using Clones.Domain;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;

namespace Clones.Lifecycle.Tests;

/// <summary>One event for an agent in one state, with or without a transaction beside it.</summary>
internal sealed record LifecycleCase(string Status, string Event, bool TokenExists)
{
    private static readonly AttemptStatus[] Live =
    [
        AttemptStatus.Submitted,
        AttemptStatus.Signed,
        AttemptStatus.Broadcast,
        AttemptStatus.Confirmed,
        AttemptStatus.Unresolved,
    ];

    public (TransactionKind Kind, TransactionStatus Status, AttemptStatus Attempt)? Transaction { get; init; }

    /// <summary>Who pays it: what an owner pays may land as soon as it is prepared.</summary>
    public DeploymentPayer Payer { get; init; }

    /// <summary>Every event in every state, with nothing of the agent under way and with a submission that may still land; and both sides of the guard.</summary>
    public static IReadOnlyList<LifecycleCase> All { get; } =
    [.. EveryEventInEveryState(), .. EveryEventInEveryStateWithALiveSubmission(), .. BothSidesOfTheGuard()];

    /// <summary>What the diagram says, whatever is in flight.</summary>
    public string? Target => LifecycleDiagram.Target(Status, Event, TokenExists);

    public bool IsHeldUp =>
        Target is not null
        && Event is AgentEvent.Cancel or AgentEvent.Fail or AgentEvent.Retry
        && Transaction is var (kind, _, attempt)
        && (MayLand || (attempt == AttemptStatus.Finalized && Event == AgentEvent.Cancel && kind == KindOfStep(this)));

    public bool MayLand =>
        Transaction is var (_, _, attempt)
        && (Live.Contains(attempt) || (attempt == AttemptStatus.Prepared && Payer == DeploymentPayer.Owner));

    /// <summary>A success whose own transaction is not at its end, or is not the one that it tells of: nothing stands behind it.</summary>
    public bool IsUnfounded => Target is not null && AgentEvents.MadeBy(Event) is not null && Transaction is not null;

    public bool IsAccepted => Target is not null && !IsHeldUp && !IsUnfounded;

    public override string ToString() =>
        $"{Status} + {Event}"
        + (Status is AgentStatus.Failed or AgentStatus.Archived ? (TokenExists ? ", token exists" : ", no token") : "")
        + (Transaction is var (kind, _, attempt) ? $", {UpperSnakeCase.From(kind)} attempt {UpperSnakeCase.From(attempt)}" : "")
        + (Payer == DeploymentPayer.Owner ? " with its owner, who pays" : "");

    private static IEnumerable<LifecycleCase> EveryEventInEveryState() =>
        from status in AgentStatus.All
        from tokenExists in TokenIn(status)
        from @event in AgentEvent.All
        select new LifecycleCase(status, @event, tokenExists);

    private static IEnumerable<LifecycleCase> EveryEventInEveryStateWithALiveSubmission() =>
        from row in EveryEventInEveryState()
        // Of the step that the agent waits for; elsewhere of the one that would be next.
        let kind = KindOfStep(row) ?? (row.TokenExists ? TransactionKind.PoolCreation : TransactionKind.TokenCreation)
        from held in new[]
        {
            (Attempt: AttemptStatus.Broadcast, Payer: DeploymentPayer.DepositWallet),
            (Attempt: AttemptStatus.Prepared, Payer: DeploymentPayer.Owner),
        }
        select row with
        {
            Transaction = (kind, StatusBeside(held.Attempt), held.Attempt),
            Payer = held.Payer,
        };

    private static IEnumerable<LifecycleCase> BothSidesOfTheGuard() =>
        from row in EveryEventInEveryState()
        where row.Target is not null && row.Event is AgentEvent.Cancel or AgentEvent.Fail or AgentEvent.Retry
        from attempt in Enum.GetValues<AttemptStatus>()
        // BROADCAST is in the table of live submissions already, but for TOKEN_CREATED, where it is of the token here.
        where attempt != AttemptStatus.Broadcast || KindOfStep(row) is null
        select row with
        {
            // In TOKEN_CREATED the token's transaction is the only one there can be.
            Transaction = (KindOfStep(row) ?? TransactionKind.TokenCreation, StatusBeside(attempt), attempt),
        };

    private static bool[] TokenIn(string status) =>
        status switch
        {
            AgentStatus.Draft or AgentStatus.PendingTokenSignature => [false],
            AgentStatus.Failed or AgentStatus.Archived => [false, true],
            _ => [true],
        };

    /// <summary>The transaction that the state waits for, null where it waits for none.</summary>
    private static TransactionKind? KindOfStep(LifecycleCase row) =>
        row.Status switch
        {
            AgentStatus.PendingTokenSignature => TransactionKind.TokenCreation,
            AgentStatus.PendingPoolSignature => TransactionKind.PoolCreation,
            AgentStatus.Failed => row.TokenExists ? TransactionKind.PoolCreation : TransactionKind.TokenCreation,
            _ => null,
        };

    private static TransactionStatus StatusBeside(AttemptStatus attempt) =>
        attempt switch
        {
            AttemptStatus.Prepared or AttemptStatus.Submitted => TransactionStatus.Accepted,
            AttemptStatus.Withdrawn => TransactionStatus.Cancelled,
            _ => Enum.Parse<TransactionStatus>(attempt.ToString()),
        };
}
