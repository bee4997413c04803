using Clones.Contracts.Agents;
using Clones.Persistence;
using Clones.Persistence.Settlement;

namespace Clones.Workers.Tests.Agents;

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

    public static IReadOnlyList<LifecycleCase> All { get; } = [.. EveryEventInEveryState(), .. BothSidesOfTheGuard()];

    /// <summary>What the diagram says, whatever is in flight.</summary>
    public string? Target => LifecycleDiagram.Target(Status, Event, TokenExists);

    public bool IsHeldUp =>
        Target is not null
        && Event is AgentEvent.Cancel or AgentEvent.Fail or AgentEvent.Retry
        && Transaction is var (kind, _, attempt)
        && (Live.Contains(attempt) || (attempt == AttemptStatus.Finalized && Event == AgentEvent.Cancel && kind == KindOfStep(this)));

    public override string ToString() =>
        $"{Status} + {Event}"
        + (Status is AgentStatus.Failed or AgentStatus.Archived ? (TokenExists ? ", token exists" : ", no token") : "")
        + (Transaction is var (kind, _, attempt) ? $", {UpperSnakeCase.From(kind)} attempt {UpperSnakeCase.From(attempt)}" : "");

    private static IEnumerable<LifecycleCase> EveryEventInEveryState() =>
        from status in AgentStatus.All
        from tokenExists in TokenIn(status)
        from @event in AgentEvent.All
        select new LifecycleCase(status, @event, tokenExists);

    private static IEnumerable<LifecycleCase> BothSidesOfTheGuard() =>
        from row in EveryEventInEveryState()
        where row.Target is not null && row.Event is AgentEvent.Cancel or AgentEvent.Fail or AgentEvent.Retry
        from attempt in Enum.GetValues<AttemptStatus>()
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
