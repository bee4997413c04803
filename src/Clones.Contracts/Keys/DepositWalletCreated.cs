namespace Clones.Contracts.Keys;

/// <summary>The training pool has its deposit wallet.</summary>
public sealed record DepositWalletCreated
{
    public required Guid TrainingPoolId { get; init; }

    /// <summary>Address of the deposit wallet, base58.</summary>
    public required string Address { get; init; }
}
