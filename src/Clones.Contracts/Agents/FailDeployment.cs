namespace Clones.Contracts.Agents;

/// <summary>FAIL: the deployment that is under way cannot succeed.</summary>
public sealed record FailDeployment : IAgentCommand
{
    public required Guid AgentId { get; init; }
    public Guid? OperationId { get; init; }
    public required string Actor { get; init; }

    /// <summary>Why, for people. It becomes the last error of the agent.</summary>
    public required string Reason { get; init; }

    /// <summary>The settled transaction that failed, where one did.</summary>
    public Guid? TransactionId { get; init; }
}
