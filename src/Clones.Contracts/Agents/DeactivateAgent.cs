namespace Clones.Contracts.Agents;

/// <summary>DEACTIVATE: a deployed agent is taken out of service.</summary>
public sealed record DeactivateAgent : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
