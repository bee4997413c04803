namespace Clones.Contracts.Agents;

/// <summary>INITIATE_POOL_CREATION: the token exists, the liquidity pool is to be prepared.</summary>
public sealed record InitiatePoolCreation : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
