namespace Clones.Contracts.Agents;

/// <summary>Published at every transition of an agent, for other services.</summary>
public sealed record AgentStatusChanged
{
    public required Guid AgentId { get; init; }

    /// <summary>Number of the transition in the history of the agent, from 1; consumers order by it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Null at the first one, which is [*] -> DRAFT.</summary>
    public string? From { get; init; }
    public required string To { get; init; }

    /// <summary>Name of the event that led here, see <see cref="AgentEvent"/>.</summary>
    public required string Event { get; init; }
    public required string Actor { get; init; }
    public string? Reason { get; init; }
    public required DateTimeOffset OccurredAt { get; init; }
}
