using Clones.Contracts.Deployments;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Persistence.Transactions;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Clones.Api.Agents;

internal sealed class DatabaseOwnerTransactions(ClonesDbContext db, IPublishEndpoint bus) : IOwnerTransactionStore
{
    public Task<AgentRow?> FindAgentAsync(Guid agentId, CancellationToken cancellationToken) =>
        db.FindAgentAsync(agentId, cancellationToken);

    public async Task<OwnerTransaction> FindAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var transaction = await db
            .Transactions.AsNoTracking()
            .Where(t => t.AgentId == agentId && t.Kind == kind)
            // The one that is not over comes first: the clock of the worker that made it may be behind that of another.
            .OrderBy(t => t.Status == TransactionStatus.Failed || t.Status == TransactionStatus.Cancelled)
            .ThenByDescending(t => t.CreatedAt)
            .ThenByDescending(t => t.Id)
            .FirstOrDefaultAsync(cancellationToken);
        var attempt = transaction is null
            ? null
            : await db
                .TransactionAttempts.AsNoTracking()
                .Where(a => a.TransactionId == transaction.Id)
                .OrderByDescending(a => a.Number)
                .FirstOrDefaultAsync(cancellationToken);
        return new OwnerTransaction(transaction, attempt);
    }

    public async Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(Guid transactionId, CancellationToken cancellationToken) =>
        await db.TransactionAttempts.AsNoTracking().Where(a => a.TransactionId == transactionId).ToListAsync(cancellationToken);

    public async Task PublishAsync(object message, CancellationToken cancellationToken)
    {
        await bus.Publish(message, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    public async Task<IOwnerSubmission> LockAsync(Guid transactionId, int attemptNumber, CancellationToken cancellationToken)
    {
        var commit = await db.Database.BeginTransactionAsync(cancellationToken);
        try
        {
            var transaction = (await db.LockTransactionsAsync([transactionId], cancellationToken)).SingleOrDefault();
            var attempt = await db.TransactionAttempts.SingleOrDefaultAsync(
                a => a.TransactionId == transactionId && a.Number == attemptNumber,
                cancellationToken
            );
            return new Submission(db, bus, commit, transaction is null || attempt is null ? null : (transaction, attempt));
        }
        catch
        {
            await commit.DisposeAsync();
            throw;
        }
    }

    private sealed class Submission(
        ClonesDbContext db,
        IPublishEndpoint bus,
        IDbContextTransaction commit,
        (ChainTransaction Transaction, TransactionAttempt Attempt)? rows
    ) : IOwnerSubmission
    {
        public (ChainTransaction Transaction, TransactionAttempt Attempt)? Rows => rows;

        public async Task CommitAsync(CoSignTransaction request, CancellationToken cancellationToken)
        {
            await bus.Publish(request, cancellationToken);
            await db.SaveChangesAsync(cancellationToken);
            await db.CheckAgainAsync([request.TransactionId], WakeUp.First, cancellationToken);
            await commit.CommitAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => commit.DisposeAsync();
    }
}
