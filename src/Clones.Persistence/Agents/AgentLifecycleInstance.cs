using MassTransit;

namespace Clones.Persistence.Agents;

/// <summary>The saga instance of an agent: the single source of truth of its status. Only the state machine in Clones.Workers writes it.</summary>
public sealed class AgentLifecycleInstance : SagaStateMachineInstance, ISagaVersion
{
    /// <summary>Id of the agent.</summary>
    public Guid CorrelationId { get; set; }

    /// <summary>Name of the state; stored by the names of <see cref="Contracts.Agents.AgentStatus"/>.</summary>
    public string CurrentState { get; set; } = null!;
    public int Version { get; set; }

    /// <summary>Number of the last row in the history of this agent, from 1.</summary>
    public long Sequence { get; set; }
    public string? LastError { get; set; }

    /// <summary>Failures since the last success; RETRY leaves it, a success clears it.</summary>
    public int ConsecutiveFailures { get; set; }

    public string? TokenMint { get; set; }
    public string? TokenSignature { get; set; }
    public ulong? TokenSlot { get; set; }

    /// <summary>Seconds since the Unix epoch.</summary>
    public long? TokenBlockTime { get; set; }

    public string? LiquidityPoolAddress { get; set; }
    public string? LiquidityPoolSignature { get; set; }
    public ulong? LiquidityPoolSlot { get; set; }

    /// <summary>Seconds since the Unix epoch.</summary>
    public long? LiquidityPoolBlockTime { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset UpdatedAt { get; set; }
}
