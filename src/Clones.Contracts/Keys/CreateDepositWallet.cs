namespace Clones.Contracts.Keys;

/// <summary>Asks the workers to make the deposit wallet of a training pool. A pool that has one keeps it.</summary>
public sealed record CreateDepositWallet
{
    public required Guid TrainingPoolId { get; init; }
    public Guid? OperationId { get; init; }
}
