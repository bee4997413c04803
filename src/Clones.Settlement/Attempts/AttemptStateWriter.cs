using System.Text.Json;
using Clones.Contracts.Settlement;
using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;
using Clones.Settlement.Events;
using Clones.Settlement.Rules;
using Clones.Settlement.Store;

namespace Clones.Settlement.Attempts;

/// <summary>
/// Writes what the watcher concluded: each verdict one database transaction, under the lock of the transaction's row, and only while the
/// attempt is still the live one. Messages go out through the outbox of the same commit.
/// </summary>
internal sealed class AttemptStateWriter(ISettlementStore store, SettlementOptions options, ICrashPoints crashes, TimeProvider time)
{
    public Task ConfirmedAsync(Guid transactionId, int number, ulong slot, CancellationToken cancellationToken) =>
        ChangeAsync(
            transactionId,
            number,
            async (work, transaction, attempt) =>
            {
                if (attempt.Status == AttemptStatus.Confirmed)
                {
                    return;
                }
                Set(transaction, attempt, TransactionStatus.Confirmed, AttemptStatus.Confirmed);
                attempt.Slot = slot;
                foreach (var payment in await SetPaymentsAsync(work, transactionId, PaymentStatus.Confirmed, cancellationToken))
                {
                    await work.PublishAsync(
                        PaymentEvents.Confirmed(payment, attempt.Signature!, slot, time.GetUtcNow()),
                        cancellationToken
                    );
                }
            },
            cancellationToken
        );

    /// <summary>Confirmed before and unknown now, or unresolved before and clear now: in flight again, with the same bytes.</summary>
    public Task BackInFlightAsync(Guid transactionId, int number, CancellationToken cancellationToken) =>
        ChangeAsync(
            transactionId,
            number,
            async (work, transaction, attempt) =>
            {
                Set(transaction, attempt, TransactionStatus.Broadcast, AttemptStatus.Broadcast);
                attempt.Slot = null;
                await SetPaymentsAsync(work, transactionId, PaymentStatus.Submitted, cancellationToken);
            },
            cancellationToken
        );

    public Task UnresolvedAsync(
        Guid transactionId,
        int number,
        string reason,
        IReadOnlyList<NodeEvidence>? evidence,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            transactionId,
            number,
            async (work, transaction, attempt) =>
            {
                Set(transaction, attempt, TransactionStatus.Unresolved, AttemptStatus.Unresolved);
                transaction.Reason = reason;
                attempt.Evidence = evidence is null
                    ? attempt.Evidence
                    : ExpiryProof.ToJson("UNRESOLVED", attempt, null, reason, evidence, time.GetUtcNow());
                await SetPaymentsAsync(work, transactionId, PaymentStatus.Unresolved, cancellationToken);
            },
            cancellationToken
        );

    /// <summary>Stores the certificate. A payment is prepared anew from here on; of an owner-signed transaction the owner is asked.</summary>
    public Task ExpiredAsync(
        Guid transactionId,
        int number,
        ulong margin,
        IReadOnlyList<NodeEvidence> evidence,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            transactionId,
            number,
            async (work, transaction, attempt) =>
            {
                Set(transaction, attempt, TransactionStatus.Expired, AttemptStatus.Expired);
                attempt.Evidence = ExpiryProof.ToJson("DEAD", attempt, margin, null, evidence, time.GetUtcNow());
                attempt.ClosedAt = time.GetUtcNow();
                await SetPaymentsAsync(work, transactionId, PaymentStatus.Accepted, cancellationToken);
                if (transaction.Kind == TransactionKind.Payment)
                {
                    await work.CheckAgainAsync(transactionId, options.WakeUpLease, cancellationToken);
                    await work.PublishAsync(new PrepareTransaction { TransactionId = transactionId }, cancellationToken);
                }
            },
            cancellationToken
        );

    /// <summary>The end at finalized. Whoever owns the transaction (payments, deployments) closes it by the message.</summary>
    public Task SettledAsync(
        Guid transactionId,
        int number,
        ulong slot,
        string? error,
        long? blockTime,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            transactionId,
            number,
            async (work, transaction, attempt) =>
            {
                Set(
                    transaction,
                    attempt,
                    error is null ? TransactionStatus.Finalized : TransactionStatus.Failed,
                    error is null ? AttemptStatus.Finalized : AttemptStatus.Failed
                );
                attempt.Slot = slot;
                attempt.Error = ChainError.ToJson(error);
                attempt.ClosedAt = transaction.SettledAt = time.GetUtcNow();
                transaction.Reason = ChainError.Describe(error, slot);
                await work.CheckAgainAsync(transactionId, options.WakeUpLease, cancellationToken);
                await work.PublishAsync(TransactionEvents.Settled(transaction, attempt.Signature, slot, blockTime), cancellationToken);
            },
            cancellationToken
        );

    private async Task ChangeAsync(
        Guid transactionId,
        int number,
        Func<ISettlementWork, ChainTransaction, TransactionAttempt, Task> change,
        CancellationToken cancellationToken
    )
    {
        await crashes.ReachAsync(CrashPoint.DecisionReached, cancellationToken);
        await using var work = await store.BeginAsync(cancellationToken);
        var transaction = await work.LockAsync(transactionId, cancellationToken);
        var attempt = (await work.AttemptsAsync(transactionId, cancellationToken)).FirstOrDefault(a => a.Number == number);
        if (transaction is null || attempt is null || !attempt.Status.IsLive())
        {
            return;
        }

        await change(work, transaction, attempt);
        await crashes.ReachAsync(CrashPoint.DecisionWritten, cancellationToken);
        await work.CommitAsync(cancellationToken);
        await crashes.ReachAsync(CrashPoint.DecisionCommitted, cancellationToken);
    }

    private static void Set(ChainTransaction transaction, TransactionAttempt attempt, TransactionStatus status, AttemptStatus attemptStatus)
    {
        transaction.MoveTo(status);
        transaction.Reason = null;
        attempt.MoveTo(attemptStatus);
    }

    private static async Task<IReadOnlyList<Payment>> SetPaymentsAsync(
        ISettlementWork work,
        Guid transactionId,
        PaymentStatus status,
        CancellationToken cancellationToken
    )
    {
        var payments = await work.PaymentsAsync(transactionId, cancellationToken);
        foreach (var payment in payments)
        {
            payment.MoveTo(status);
        }
        return payments;
    }
}
