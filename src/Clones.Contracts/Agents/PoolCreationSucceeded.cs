namespace Clones.Contracts.Agents;

/// <summary>POOL_CREATION_SUCCESS: the finalized liquidity pool was read from the chain and holds the mint of the agent.</summary>
public sealed record PoolCreationSucceeded : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }

    /// <summary>Address of the liquidity pool, base58.</summary>
    public required string PoolAddress { get; init; }

    public required Guid TransactionId { get; init; }

    /// <summary>Transaction signature, base58.</summary>
    public required string Signature { get; init; }
    public required ulong Slot { get; init; }

    /// <summary>Time of the block, seconds since the Unix epoch; null where the cluster does not know it.</summary>
    public long? BlockTime { get; init; }
}
