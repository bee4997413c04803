namespace Clones.Contracts.Deployments;

/// <summary>The owner's signature of a prepared transaction is stored; the workers add theirs and persist the attempt.</summary>
public sealed record CoSignTransaction
{
    public required Guid TransactionId { get; init; }
    public required int AttemptNumber { get; init; }
}
