namespace Clones.Domain.Operations;

/// <summary>Stored and shown as PENDING, SUCCEEDED, REFUSED, FAILED.</summary>
public enum OperationStatus
{
    Pending,
    Succeeded,

    /// <summary>Not valid now; nothing was changed.</summary>
    Refused,
    Failed,
}
