namespace Clones.Domain.Agents;

/// <summary>One row of an agent's history: a transition that was made, or an event that was rejected.</summary>
public sealed class AgentTransition
{
    public required Guid AgentId { get; init; }

    /// <summary>1, 2, .. per agent, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>Null at [*] -> DRAFT.</summary>
    public string? FromStatus { get; init; }

    /// <summary>Equal to <see cref="FromStatus"/> where the event was rejected.</summary>
    public required string ToStatus { get; init; }

    /// <summary>Name of <see cref="Contracts.Agents.AgentEvent"/>, or REGISTER.</summary>
    public required string Event { get; init; }
    public required bool Accepted { get; init; }
    public required string Actor { get; init; }
    public string? Reason { get; init; }
    public Guid? TransactionId { get; init; }

    /// <summary>Of the transaction on chain, base58, where one made the transition.</summary>
    public string? Signature { get; init; }
    public Guid? OperationId { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}
