namespace Clones.Contracts.Agents;

/// <summary>Starts the lifecycle of an agent that the API has stored: [*] -> DRAFT.</summary>
public sealed record RegisterAgent : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
