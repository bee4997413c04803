namespace Clones.Contracts.Agents;

/// <summary>TOKEN_CREATION_SUCCESS: the finalized mint was read from the chain and is what was promised.</summary>
public sealed record TokenCreationSucceeded : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }

    /// <summary>Mint address, base58.</summary>
    public required string Mint { get; init; }

    public required Guid TransactionId { get; init; }

    /// <summary>Transaction signature, base58.</summary>
    public required string Signature { get; init; }
    public required ulong Slot { get; init; }

    /// <summary>Time of the block, seconds since the Unix epoch; null where the cluster does not know it.</summary>
    public long? BlockTime { get; init; }
}
