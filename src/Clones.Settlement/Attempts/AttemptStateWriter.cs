using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;
using Clones.Settlement.Closing;
using Clones.Settlement.Events;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;

namespace Clones.Settlement.Attempts;

/// <summary>
/// Writes what the watcher concluded, a group of attempts in one database transaction, under the locks of the transactions' rows, and only
/// of attempts that are still the live ones. Messages go out through the outbox of the same commit.
/// </summary>
internal sealed class AttemptStateWriter(
    ISettlementStore store,
    TransactionCloser closer,
    SettlementOptions options,
    ICrashPoints crashes,
    TimeProvider time
)
{
    public AttemptChange Confirmed(TransactionAttempt attempt, ulong slot) =>
        Change(
            attempt,
            locked =>
            {
                if (locked.Attempt.Status == AttemptStatus.Confirmed)
                {
                    return;
                }
                locked.MoveTo(TransactionStatus.Confirmed, AttemptStatus.Confirmed, PaymentStatus.Confirmed);
                locked.Attempt.Slot = slot;
                locked.Messages.AddRange(
                    locked.Payments.Select(p => PaymentEvents.Confirmed(p, locked.Attempt.Signature!, slot, time.GetUtcNow()))
                );
            }
        );

    /// <summary>Confirmed before and unknown now, or unresolved before and clear now: in flight again, with the same bytes.</summary>
    public static AttemptChange BackInFlight(TransactionAttempt attempt) =>
        Change(
            attempt,
            locked =>
            {
                locked.MoveTo(TransactionStatus.Broadcast, AttemptStatus.Broadcast, PaymentStatus.Submitted);
                locked.Attempt.Slot = null;
            }
        );

    public AttemptChange Unresolved(TransactionAttempt attempt, string reason, IReadOnlyList<NodeEvidence>? evidence) =>
        Change(
            attempt,
            locked =>
            {
                locked.MoveTo(TransactionStatus.Unresolved, AttemptStatus.Unresolved, PaymentStatus.Unresolved);
                locked.Transaction.Reason = reason;
                locked.Attempt.Evidence = evidence is null
                    ? locked.Attempt.Evidence
                    : ExpiryProof.ToJson("UNRESOLVED", locked.Attempt, null, reason, evidence, time.GetUtcNow());
            }
        );

    /// <summary>Stores the expiry proof. A payment is prepared anew from here on; of an owner-signed transaction the owner is asked.</summary>
    public AttemptChange Expired(TransactionAttempt attempt, ulong margin, IReadOnlyList<NodeEvidence> evidence) =>
        Change(
            attempt,
            locked =>
            {
                locked.MoveTo(TransactionStatus.Expired, AttemptStatus.Expired, PaymentStatus.Accepted);
                locked.Attempt.Evidence = ExpiryProof.ToJson("EXPIRED", locked.Attempt, margin, null, evidence, time.GetUtcNow());
                locked.Attempt.ClosedAt = time.GetUtcNow();
                locked.IsToBePrepared = locked.Transaction.Kind == TransactionKind.Payment;
            }
        );

    /// <summary>The end at finalized.</summary>
    /// <param name="error">As the chain shows it; null where it was executed with success.</param>
    /// <param name="blockTime">Unix seconds; null where nobody says.</param>
    public AttemptChange Settled(TransactionAttempt attempt, ulong slot, string? error, long? blockTime) =>
        Change(
            attempt,
            locked =>
            {
                locked.MoveTo(
                    error is null ? TransactionStatus.Finalized : TransactionStatus.Failed,
                    error is null ? AttemptStatus.Finalized : AttemptStatus.Failed,
                    null
                );
                locked.Attempt.Slot = slot;
                locked.Attempt.Error = ChainError.ToJson(error);
                locked.Attempt.ClosedAt = time.GetUtcNow();
                locked.Transaction.Reason = ChainError.Describe(error, slot);
                locked.Ended = new EndedTransaction(locked.Transaction, locked.Attempt, blockTime);
            }
        );

    /// <summary>All of them or none.</summary>
    public async Task WriteAsync(IReadOnlyList<AttemptChange> changes, CancellationToken cancellationToken)
    {
        await crashes.ReachAsync(CrashPoint.DecisionReached, cancellationToken);
        Guid[] ids = [.. changes.Select(c => c.TransactionId)];
        await using var work = await store.BeginAsync(cancellationToken);
        var transactions = (await work.LockAsync(ids, cancellationToken)).ToDictionary(t => t.Id);
        var attempts = (await work.AttemptsAsync(ids, cancellationToken)).ToDictionary(a => (a.TransactionId, a.Number));
        var payments = (await work.PaymentsAsync(ids, cancellationToken)).ToLookup(p => p.TransactionId!.Value);
        var written = new List<LockedAttempt>();
        foreach (var change in changes)
        {
            if (
                transactions.TryGetValue(change.TransactionId, out var transaction)
                && attempts.TryGetValue((change.TransactionId, change.Number), out var attempt)
                && attempt.Status.IsLive()
            )
            {
                var locked = new LockedAttempt(transaction, attempt, [.. payments[transaction.Id]]);
                change.Apply(locked);
                written.Add(locked);
            }
        }
        if (written.Count == 0)
        {
            return;
        }

        foreach (var message in written.SelectMany(w => w.Messages))
        {
            await work.PublishAsync(message, cancellationToken);
        }
        await PrepareAnewAsync(work, [.. written.Where(w => w.IsToBePrepared).Select(w => w.Transaction.Id)], cancellationToken);
        await closer.CloseAsync(work, [.. written.Select(w => w.Ended).OfType<EndedTransaction>()], cancellationToken);
        await crashes.ReachAsync(CrashPoint.DecisionWritten, cancellationToken);
        await work.CommitAsync(cancellationToken);
        await crashes.ReachAsync(CrashPoint.DecisionCommitted, cancellationToken);
    }

    private async Task PrepareAnewAsync(ISettlementWork work, IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count > 0)
        {
            await work.CheckAgainAsync(ids, options.WakeUpLease, cancellationToken);
            await work.PublishAsync(new PrepareTransactions { TransactionIds = ids }, cancellationToken);
        }
    }

    private static AttemptChange Change(TransactionAttempt attempt, Action<LockedAttempt> apply) =>
        new(attempt.TransactionId, attempt.Number, apply);
}

/// <summary>What is to be written of an attempt, once its rows are locked.</summary>
internal sealed record AttemptChange(Guid TransactionId, int Number, Action<LockedAttempt> Apply);

/// <summary>The rows of a live attempt under the lock, and what is to follow in the same commit.</summary>
internal sealed class LockedAttempt(ChainTransaction transaction, TransactionAttempt attempt, IReadOnlyList<Payment> payments)
{
    public ChainTransaction Transaction => transaction;

    public TransactionAttempt Attempt => attempt;

    public IReadOnlyList<Payment> Payments => payments;

    public List<object> Messages { get; } = [];

    public bool IsToBePrepared { get; set; }

    public EndedTransaction? Ended { get; set; }

    /// <param name="ofPayments">Null where they keep theirs for now.</param>
    public void MoveTo(TransactionStatus status, AttemptStatus ofAttempt, PaymentStatus? ofPayments)
    {
        transaction.MoveTo(status);
        transaction.Reason = null;
        attempt.MoveTo(ofAttempt);
        if (ofPayments is { } paymentStatus)
        {
            foreach (var payment in payments)
            {
                payment.MoveTo(paymentStatus);
            }
        }
    }
}
