using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;

namespace Clones.Lifecycle;

/// <summary>What the lifecycle asks of the database, in the database transaction of the event that asks.</summary>
internal interface ILifecycleRows
{
    /// <summary>Locks the agent's transactions that have neither failed nor been cancelled, and reads them as they are under the lock.</summary>
    Task<IReadOnlyList<ChainTransaction>> LockTransactionsAsync(Guid agentId, CancellationToken cancellationToken);

    /// <summary>Attempts of these transactions that are prepared or live. They are among the attempts of the transactions from here on.</summary>
    Task<IReadOnlyList<TransactionAttempt>> OpenAttemptsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    );

    /// <summary>Frees what the transactions still reserve.</summary>
    Task ReleaseAsync(IReadOnlyCollection<Guid> transactionIds, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>What a finalized transaction of the agent has made, as JSON; null where it made nothing, or there is none.</summary>
    Task<string?> MadeAsync(Guid agentId, Guid transactionId, TransactionKind kind, CancellationToken cancellationToken);

    /// <inheritdoc cref="Persistence.Ledger.SigningFenceRows.MayHaveForgottenAsync"/>
    Task<bool> MayHaveForgottenAsync(Guid agentId, CancellationToken cancellationToken);

    /// <summary>Whether the API has stored the agent.</summary>
    Task<bool> IsStoredAsync(Guid agentId, CancellationToken cancellationToken);

    void Add(AgentTransition transition);

    /// <inheritdoc cref="Persistence.Operations.OperationAnswers.AnswerOperation"/>
    Operation AnswerOperation(Guid operationId);
}
