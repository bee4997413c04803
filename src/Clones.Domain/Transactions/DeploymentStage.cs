using Clones.Contracts.Agents;
using Clones.Contracts.Deployments;

namespace Clones.Domain.Transactions;

/// <summary>What belongs to each of the two transactions that an owner signs.</summary>
public static class DeploymentStage
{
    /// <summary>The status of an agent in which its owner is asked for this signature.</summary>
    public static string StatusThatWants(this TransactionKind kind) =>
        kind == TransactionKind.TokenCreation ? AgentStatus.PendingTokenSignature : AgentStatus.PendingPoolSignature;

    /// <summary>The message that has it prepared, or adopted where the chain has it already.</summary>
    public static object RequestFor(this TransactionKind kind, Guid agentId) =>
        kind == TransactionKind.TokenCreation
            ? new PrepareTokenCreation { AgentId = agentId }
            : new PreparePoolCreation { AgentId = agentId };
}
