namespace Clones.Contracts.Agents;

/// <summary>What every event of the lifecycle carries, whoever sends it.</summary>
public interface IAgentCommand
{
    Guid AgentId { get; }

    /// <summary>The operation that the sender follows; the lifecycle writes its outcome there. Null where nobody waits.</summary>
    Guid? OperationId { get; }

    /// <summary>Who asked: <c>wallet:&lt;address&gt;</c>, <c>api-key:&lt;id&gt;</c> or <c>system:&lt;part&gt;</c>. Stored in the history.</summary>
    string Actor { get; }
}
