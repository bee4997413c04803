namespace Clones.Contracts.Agents;

/// <summary>CANCEL: the owner cancels the deployment that is under way.</summary>
public sealed record CancelDeployment : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
