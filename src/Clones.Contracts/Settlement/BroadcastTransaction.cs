namespace Clones.Contracts.Settlement;

/// <summary>An attempt is committed: send its stored bytes to every RPC. Handling it twice is harmless.</summary>
public sealed record BroadcastTransaction
{
    public required Guid TransactionId { get; init; }
    public required int AttemptNumber { get; init; }
}
