using Clones.Contracts.Agents;
using Clones.Domain.Transactions;

namespace Clones.Settlement.Deployments;

/// <summary>What Deployments tells the lifecycle.</summary>
internal static class DeploymentFailure
{
    public static FailDeployment Of(Guid agentId, string reason, Guid? transactionId) =>
        new()
        {
            AgentId = agentId,
            Actor = DeploymentSuccess.Actor,
            Reason = reason,
            TransactionId = transactionId,
        };
}

/// <inheritdoc cref="DeploymentFailure"/>
internal static class DeploymentSuccess
{
    public const string Actor = "system:deployments";

    public static object Of(TransactionKind kind, Guid agentId, Guid transactionId, DeploymentMade made) =>
        kind == TransactionKind.TokenCreation ? OfToken(agentId, transactionId, made) : OfPool(agentId, transactionId, made);

    private static TokenCreationSucceeded OfToken(Guid agentId, Guid transactionId, DeploymentMade made) =>
        new()
        {
            AgentId = agentId,
            Actor = Actor,
            Mint = made.Address,
            TransactionId = transactionId,
            Signature = made.Signature,
            Slot = made.Slot,
            BlockTime = made.BlockTime,
        };

    private static PoolCreationSucceeded OfPool(Guid agentId, Guid transactionId, DeploymentMade made) =>
        new()
        {
            AgentId = agentId,
            Actor = Actor,
            PoolAddress = made.Address,
            TransactionId = transactionId,
            Signature = made.Signature,
            Slot = made.Slot,
            BlockTime = made.BlockTime,
        };
}
