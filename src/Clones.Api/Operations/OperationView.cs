using Clones.Persistence;
using Clones.Persistence.Operations;

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
            operation.ErrorCode is { } code ? new OperationErrorView(code, operation.ErrorDetail, operation.PermittedEvents) : null,
            operation.CreatedAt,
            operation.CompletedAt
        );
}

internal sealed record OperationErrorView(string Code, string? Detail, IReadOnlyList<string>? PermittedEvents);
