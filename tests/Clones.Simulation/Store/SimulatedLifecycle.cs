using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Domain.Wallets;
using Clones.Lifecycle;
using Clones.Persistence.Agents;
using Clones.Settlement.Store;

namespace Clones.Simulation.Store;

/// <summary>The lifecycle's rows in the database transaction of the event.</summary>
internal sealed class SimulatedLifecycle(Database database, DatabaseSession session, DatabaseHeartbeat heartbeat) : ILifecycleRows
{
    /// <summary>The saga's own row, as its repository locks it.</summary>
    public async Task<AgentLifecycleInstance?> LockInstanceAsync(Guid agentId) =>
        (await session.LockAsync<AgentLifecycleInstance>(l => l.CorrelationId == agentId, l => l.CorrelationId)).SingleOrDefault();

    public async Task<IReadOnlyList<ChainTransaction>> LockTransactionsAsync(Guid agentId, CancellationToken cancellationToken) =>
        await session.LockAsync<ChainTransaction>(
            t => t.AgentId == agentId && t.Status is not (TransactionStatus.Failed or TransactionStatus.Cancelled),
            t => t.Id
        );

    public Task<IReadOnlyList<TransactionAttempt>> OpenAttemptsAsync(
        IReadOnlyCollection<Guid> transactionIds,
        CancellationToken cancellationToken
    ) =>
        session.AskAsync<IReadOnlyList<TransactionAttempt>>(() =>
            session.Rows.FindAttempts(a =>
                transactionIds.Contains(a.TransactionId) && (a.Status == AttemptStatus.Prepared || a.Status.IsLive())
            )
        );

    public Task ReleaseAsync(IReadOnlyCollection<Guid> transactionIds, DateTimeOffset at, CancellationToken cancellationToken) =>
        session.AskAsync(() =>
        {
            var open = session.Rows.Seen<WalletReservation>();
            foreach (var seen in open.Where(s => s.Row.ReleasedAt is null && transactionIds.Contains(s.Row.TransactionId)).ToList())
            {
                seen.Update(row => row.ReleasedAt = at);
            }
            return true;
        });

    public Task<string?> MadeAsync(Guid agentId, Guid transactionId, TransactionKind kind, CancellationToken cancellationToken) =>
        session.AskAsync(() =>
            session
                .Rows.All<ChainTransaction>()
                .SingleOrDefault(t =>
                    t.Id == transactionId && t.AgentId == agentId && t.Kind == kind && t.Status == TransactionStatus.Finalized
                )
                ?.Made
        );

    public Task<bool> MayHaveForgottenAsync(Guid agentId, CancellationToken cancellationToken)
    {
        var seen = heartbeat.Seen;
        return session.AskAsync(() =>
        {
            var fence = database.ReadFence();
            if (database.Faults.WithoutFence)
            {
                return fence.Heartbeat < seen;
            }
            if (!fence.IsHere || fence.Heartbeat < seen)
            {
                return true;
            }
            if (fence.IsOpen || fence.Held)
            {
                return !fence.IsOpen;
            }
            var pool = session.Rows.All<Agent>().SingleOrDefault(a => a.Id == agentId)?.TrainingPoolId;
            var wallet = database.Wallets.Values.SingleOrDefault(w => w.TrainingPoolId == pool);
            return wallet is null || database.Ledger.Comparisons.GetValueOrDefault(wallet.Id)?.Raising != fence.Raising;
        });
    }

    public Task<bool> IsStoredAsync(Guid agentId, CancellationToken cancellationToken) =>
        session.AskAsync(() => session.Rows.All<Agent>().Any(a => a.Id == agentId));

    public void Add(AgentTransition transition) => session.Rows.Add(transition);

    public Operation AnswerOperation(Guid operationId) =>
        session.Rows.Find<Operation>(o => o.Id == operationId) is [var operation]
            ? operation
            : throw new DatabaseFailure($"There is no operation {operationId}.");
}
