using Clones.Contracts.Agents;
using Clones.Domain.Transactions;

namespace Clones.Lifecycle.Tests;

/// <summary>A message for each of the nine events.</summary>
internal static class AgentEvents
{
    public const string Actor = "wallet:owner";
    public const string FailReason = "The chain rejected the transaction.";

    /// <summary>What a success made; null for the other events.</summary>
    public static (TransactionKind Kind, DeploymentMade Made)? MadeBy(string @event, string signature = "new-signature") =>
        @event switch
        {
            AgentEvent.TokenCreationSuccess => (
                TransactionKind.TokenCreation,
                new DeploymentMade("new-mint", signature, ulong.MaxValue, 1_800_000_000)
            ),
            AgentEvent.PoolCreationSuccess => (
                TransactionKind.PoolCreation,
                new DeploymentMade("new-pool", signature, ulong.MaxValue - 1, null)
            ),
            _ => null,
        };

    public static IAgentCommand Create(
        string @event,
        Guid agentId,
        Guid? operationId,
        Guid transactionId = default,
        string signature = "new-signature"
    ) =>
        @event switch
        {
            AgentEvent.InitiateDeployment => new InitiateDeployment
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
            },
            AgentEvent.TokenCreationSuccess => new TokenCreationSucceeded
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
                Mint = "new-mint",
                TransactionId = transactionId,
                Signature = signature,
                Slot = ulong.MaxValue,
                BlockTime = 1_800_000_000,
            },
            AgentEvent.InitiatePoolCreation => new InitiatePoolCreation
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
            },
            AgentEvent.PoolCreationSuccess => new PoolCreationSucceeded
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
                PoolAddress = "new-pool",
                TransactionId = transactionId,
                Signature = signature,
                Slot = ulong.MaxValue - 1,
            },
            AgentEvent.Deactivate => new DeactivateAgent
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
            },
            AgentEvent.Archive => new ArchiveAgent
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
            },
            AgentEvent.Fail => new FailDeployment
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
                Reason = FailReason,
                TransactionId = transactionId,
            },
            AgentEvent.Cancel => new CancelDeployment
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
            },
            AgentEvent.Retry => new RetryDeployment
            {
                AgentId = agentId,
                OperationId = operationId,
                Actor = Actor,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(@event), @event, "No such event."),
        };
}
