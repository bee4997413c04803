namespace Clones.Contracts.Agents;

/// <summary>ARCHIVE: the agent is put away for good; nothing follows.</summary>
public sealed record ArchiveAgent : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }
}
