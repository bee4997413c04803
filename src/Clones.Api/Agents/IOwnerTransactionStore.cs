using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;

namespace Clones.Api.Agents;

/// <summary>What the endpoints that an owner signs at ask of the database. Each call here outside <see cref="IOwnerSubmission"/> commits by itself.</summary>
internal interface IOwnerTransactionStore
{
    /// <summary>Null where there is no such agent.</summary>
    Task<AgentRow?> FindAgentAsync(Guid agentId, CancellationToken cancellationToken);

    /// <summary>The transaction of this kind that is not over, else the latest, with its latest attempt.</summary>
    Task<OwnerTransaction> FindAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken);

    Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(Guid transactionId, CancellationToken cancellationToken);

    Task PublishAsync(object message, CancellationToken cancellationToken);

    /// <summary>Opens a database transaction and locks the transaction's row until its end.</summary>
    Task<IOwnerSubmission> LockAsync(Guid transactionId, int attemptNumber, CancellationToken cancellationToken);
}

/// <summary>Rows are tracked: what is changed in them is written by <see cref="CommitAsync"/>. Disposed without it, nothing has happened.</summary>
internal interface IOwnerSubmission : IAsyncDisposable
{
    /// <summary>Null where either is gone, as where a backup was restored meanwhile.</summary>
    (ChainTransaction Transaction, TransactionAttempt Attempt)? Rows { get; }

    /// <summary>With what asks for our signatures. Nobody asks for them again before <see cref="WakeUp.First"/>.</summary>
    Task CommitAsync(CoSignTransaction request, CancellationToken cancellationToken);
}
