using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Ledger;
using Clones.Persistence.Operations;
using Clones.Persistence.Transactions;
using Clones.Settlement.Store;
using Microsoft.EntityFrameworkCore;

namespace Clones.Lifecycle;

internal sealed class DatabaseLifecycleRows(ClonesDbContext db, DatabaseHeartbeat heartbeat) : ILifecycleRows
{
    public Task<IReadOnlyList<ChainTransaction>> LockTransactionsAsync(Guid agentId, CancellationToken cancellationToken) =>
        db.LockDeploymentAsync(agentId, cancellationToken);

    public async Task<IReadOnlyList<TransactionAttempt>> OpenAttemptsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) =>
        await db
            .TransactionAttempts.Where(a =>
                transactionIds.Contains(a.TransactionId) && (a.Status == AttemptStatus.Prepared || LiveAttempts.Statuses.Contains(a.Status))
            )
            .ToListAsync(cancellationToken);

    public Task ReleaseAsync(IReadOnlyCollection<Guid> transactionIds, DateTimeOffset at, CancellationToken cancellationToken) =>
        db
            .WalletReservations.Where(r => transactionIds.Contains(r.TransactionId) && r.ReleasedAt == null)
            .ExecuteUpdateAsync(r => r.SetProperty(x => x.ReleasedAt, at), cancellationToken);

    public Task<string?> MadeAsync(Guid agentId, Guid transactionId, TransactionKind kind, CancellationToken cancellationToken) =>
        db
            .Transactions.Where(t =>
                t.Id == transactionId && t.AgentId == agentId && t.Kind == kind && t.Status == TransactionStatus.Finalized
            )
            .Select(t => t.Made)
            .SingleOrDefaultAsync(cancellationToken);

    public Task<bool> MayHaveForgottenAsync(Guid agentId, CancellationToken cancellationToken) =>
        db.MayHaveForgottenAsync(agentId, heartbeat.Seen, cancellationToken);

    public Task<bool> IsStoredAsync(Guid agentId, CancellationToken cancellationToken) =>
        db.Agents.AnyAsync(a => a.Id == agentId, cancellationToken);

    public void Add(AgentTransition transition) => db.AgentTransitions.Add(transition);

    public Operation AnswerOperation(Guid operationId) => db.AnswerOperation(operationId);
}
