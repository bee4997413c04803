using Clones.Api.Agents;
using Clones.Contracts.Deployments;
using Clones.Domain.Agents;
using Clones.Domain.Transactions;
using Clones.Persistence.Agents;
using Clones.Settlement.Store;

namespace Clones.Simulation.Store;

/// <summary>What an API process asks of the database while an owner signs.</summary>
internal sealed class SimulatedOwnerTransactions(Database database, SimulatedProcess process, SimulatedStore store) : IOwnerTransactionStore
{
    public Task<AgentRow?> FindAgentAsync(Guid agentId, CancellationToken cancellationToken) =>
        AskAsync(() =>
            database.Deployments.Agents.Find(a => a.Id == agentId) is { } agent
                ? new AgentRow
                {
                    Agent = Row<Agent>.Copy(agent),
                    Life = database.Deployments.Lifecycles.Find(l => l.CorrelationId == agentId) is { } life
                        ? Row<AgentLifecycleInstance>.Copy(life)
                        : null,
                }
                : null
        );

    public async Task<OwnerTransaction> FindAsync(Guid agentId, TransactionKind kind, CancellationToken cancellationToken)
    {
        var transaction = await AskAsync(() =>
            database
                .Transactions.Values.Where(t => t.AgentId == agentId && t.Kind == kind)
                .OrderBy(t => t.Status is TransactionStatus.Failed or TransactionStatus.Cancelled)
                .ThenByDescending(t => t.CreatedAt)
                .ThenByDescending(t => t.Id)
                .Select(Row<ChainTransaction>.Copy)
                .FirstOrDefault()
        );
        var attempts = transaction is null ? [] : await AttemptsAsync(transaction.Id, cancellationToken);
        return new OwnerTransaction(transaction, attempts.MaxBy(a => a.Number));
    }

    public Task<IReadOnlyList<TransactionAttempt>> AttemptsAsync(Guid transactionId, CancellationToken cancellationToken) =>
        AskAsync<IReadOnlyList<TransactionAttempt>>(() =>
            [.. database.Attempts.Values.Where(a => a.TransactionId == transactionId).Select(Row<TransactionAttempt>.Copy)]
        );

    public async Task PublishAsync(object message, CancellationToken cancellationToken)
    {
        await using var work = await store.BeginAsync();
        await work.PublishAsync(message, cancellationToken);
        await work.CommitAsync(cancellationToken);
    }

    public async Task<IOwnerSubmission> LockAsync(Guid transactionId, int attemptNumber, CancellationToken cancellationToken)
    {
        var work = await store.BeginAsync();
        var transaction = await work.LockAsync(transactionId, cancellationToken);
        var attempts = await work.AttemptsAsync(transactionId, cancellationToken);
        var attempt = attempts.FirstOrDefault(a => a.Number == attemptNumber);
        return new Submission(work, transaction is null || attempt is null ? null : (transaction, attempt));
    }

    private Task<T> AskAsync<T>(Func<T> answer) => database.AskAsync(process, answer);

    private sealed class Submission(SimulatedWork work, (ChainTransaction Transaction, TransactionAttempt Attempt)? rows) : IOwnerSubmission
    {
        public (ChainTransaction Transaction, TransactionAttempt Attempt)? Rows => rows;

        public async Task CommitAsync(CoSignTransaction request, CancellationToken cancellationToken)
        {
            await work.PublishAsync(request, cancellationToken);
            await work.SaveAsync(cancellationToken);
            await work.CheckAgainAsync(request.TransactionId, WakeUp.First, cancellationToken);
            await work.CommitAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => work.DisposeAsync();
    }
}
