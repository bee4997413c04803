namespace Clones.Contracts.Settlement;

/// <summary>A transaction (intent) is accepted: build, simulate, sign and persist its attempt. Handling it twice is harmless.</summary>
public sealed record PrepareTransaction
{
    public required Guid TransactionId { get; init; }
}
