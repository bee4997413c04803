using Clones.Domain;
using Clones.Domain.Operations;

namespace Clones.Api.Operations;

/// <param name="Status">PENDING, SUCCEEDED, REFUSED or FAILED.</param>
/// <param name="AgentStatus">Status of the agent at the moment of the outcome.</param>
internal sealed record OperationView(
    Guid Id,
    string Kind,
    string Status,
    Guid? AgentId,
    Guid? TrainingPoolId,
    Guid? TransactionId,
    string? AgentStatus,
    OperationErrorView? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt
)
{
    public static OperationView Of(Operation operation) =>
        new(
            operation.Id,
            operation.Kind,
            UpperSnakeCase.From(operation.Status),
            operation.AgentId,
            operation.TrainingPoolId,
            operation.TransactionId,
            operation.AgentStatus,
            operation.ErrorCode is { } code
                ? new OperationErrorView(code, operation.ErrorDetail, operation.PermittedEvents)
                {
                    LastValidBlockHeight = operation.LastValidBlockHeight,
                    PossibleAtBlockHeight = operation.PossibleAtBlockHeight,
                }
                : null,
            operation.CreatedAt,
            operation.CompletedAt
        );
}

/// <param name="PermittedEvents">What was permitted instead; null where no event was rejected.</param>
internal sealed record OperationErrorView(string Code, string? Detail, IReadOnlyList<string>? PermittedEvents)
{
    /// <summary>With <c>submission_in_flight</c>: the last block height at which the submission can land.</summary>
    public ulong? LastValidBlockHeight { get; init; }

    /// <summary>With <c>submission_in_flight</c>: the finalized block height from which on the event becomes possible, unless it has landed.</summary>
    public ulong? PossibleAtBlockHeight { get; init; }
}
