namespace Clones.Contracts.Deployments;

/// <summary>
/// Asks Deployments to search the chain for what an agent's deployment may have made without a message of it: the next thing that the agent
/// does not have. Harmless at any time.
/// </summary>
public sealed record AdoptOnChainDeployment
{
    public required Guid AgentId { get; init; }
}
