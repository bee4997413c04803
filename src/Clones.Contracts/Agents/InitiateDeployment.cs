namespace Clones.Contracts.Agents;

/// <summary>INITIATE_DEPLOYMENT: the owner starts the deployment of a draft.</summary>
public sealed record InitiateDeployment : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
