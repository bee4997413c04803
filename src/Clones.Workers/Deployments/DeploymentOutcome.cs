using Clones.Contracts.Agents;
using Clones.Solana.Primitives;

namespace Clones.Workers.Deployments;

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

    public static TokenCreationSucceeded OfToken(Guid agentId, PublicKey mint, Guid transactionId, Landing landing) =>
        new()
        {
            AgentId = agentId,
            Actor = Actor,
            Mint = mint.ToString(),
            TransactionId = transactionId,
            Signature = landing.Signature.ToString(),
            Slot = landing.Slot,
            BlockTime = landing.BlockTime,
        };

    public static PoolCreationSucceeded OfPool(Guid agentId, PublicKey pool, Guid transactionId, Landing landing) =>
        new()
        {
            AgentId = agentId,
            Actor = Actor,
            PoolAddress = pool.ToString(),
            TransactionId = transactionId,
            Signature = landing.Signature.ToString(),
            Slot = landing.Slot,
            BlockTime = landing.BlockTime,
        };
}
