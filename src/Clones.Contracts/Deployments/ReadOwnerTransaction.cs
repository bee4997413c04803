namespace Clones.Contracts.Deployments;

/// <summary>Asks Deployments whether an owner who pays has sent what was prepared, without handing it in, or can no longer.</summary>
public sealed record ReadOwnerTransaction
{
    public required Guid TransactionId { get; init; }
}
