namespace Clones.Contracts.Agents;

/// <summary>RETRY: a failed deployment goes on where the chain says it stands.</summary>
public sealed record RetryDeployment : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
