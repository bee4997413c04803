namespace Clones.Contracts.Pools;

/// <summary>Asks the workers to read the finalized balances of a training pool's deposit wallet and settle the pool's status by them.</summary>
public sealed record RefreshPoolFunds
{
    public required Guid TrainingPoolId { get; init; }
    public Guid? OperationId { get; init; }
}
