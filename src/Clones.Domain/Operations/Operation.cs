namespace Clones.Domain.Operations;

/// <summary>Something that the API started and a caller follows at <c>/v1/operations/{id}</c>.</summary>
public sealed class Operation
{
    public required Guid Id { get; init; }

    /// <summary>What it does: an event name of the lifecycle, REGISTER, CREATE_POOL, REFRESH_POOL.</summary>
    public required string Kind { get; init; }
    public required OperationStatus Status { get; set; }

    /// <summary>Who may read it: the caller that started it.</summary>
    public required string Caller { get; init; }
    public Guid? AgentId { get; init; }
    public Guid? TrainingPoolId { get; init; }
    public Guid? TransactionId { get; init; }

    /// <summary>Idempotency-Key of the request, unique per caller; null where none was sent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>SHA-256 of method, path and body; another body under the same key is rejected.</summary>
    public byte[]? RequestHash { get; init; }

    /// <summary>Stable code of the problem where it was rejected or failed, e.g. <c>event_not_valid</c>.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>For people; names the current status and the permitted events where an event was rejected.</summary>
    public string? ErrorDetail { get; set; }

    /// <summary>Events that were permitted in that status where one was rejected; null otherwise.</summary>
    public List<string>? PermittedEvents { get; set; }

    /// <summary>Where a submission that may still land stood in the way: the last block height at which it can land; null otherwise.</summary>
    public ulong? LastValidBlockHeight { get; set; }

    /// <summary>
    /// Where a submission that may still land stood in the way: the finalized block height from which on it counts as expired unless it has
    /// landed, so that the event becomes possible; null otherwise.
    /// </summary>
    public ulong? PossibleAtBlockHeight { get; set; }

    /// <summary>Status of the agent at the moment of the answer.</summary>
    public string? AgentStatus { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; set; }
}
