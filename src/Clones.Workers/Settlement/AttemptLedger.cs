using System.Text.Json;
using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;
using Clones.Workers.Payments;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Settlement;

/// <summary>
/// Writes what the watcher concluded: each verdict one database transaction, under the lock of the transaction's row, and only while the
/// attempt is still the live one. Messages go out through the outbox of the same commit.
/// </summary>
internal sealed class AttemptLedger(ClonesDbContext db, IPublishEndpoint publish, TimeProvider time)
{
    private static readonly JsonSerializerOptions EvidenceJson = new(JsonSerializerDefaults.Web);

    public Task ConfirmedAsync(Guid transactionId, int number, ulong slot, CancellationToken cancellationToken) =>
        ChangeAsync(
            transactionId,
            number,
            async (transaction, attempt) =>
            {
                if (attempt.Status == AttemptStatus.Confirmed)
                {
                    return;
                }
                Set(transaction, attempt, TransactionStatus.Confirmed, AttemptStatus.Confirmed);
                attempt.Slot = slot;
                foreach (var payment in await SetPaymentsAsync(transactionId, PaymentStatus.Confirmed, cancellationToken))
                {
                    await publish.Publish(PaymentEvents.Confirmed(payment, attempt.Signature!, slot, time.GetUtcNow()), cancellationToken);
                }
            },
            cancellationToken
        );

    /// <summary>Confirmed before and unknown now, or unresolved before and clear now: in flight again, with the same bytes.</summary>
    public Task BackInFlightAsync(Guid transactionId, int number, CancellationToken cancellationToken) =>
        ChangeAsync(
            transactionId,
            number,
            async (transaction, attempt) =>
            {
                Set(transaction, attempt, TransactionStatus.Broadcast, AttemptStatus.Broadcast);
                attempt.Slot = null;
                await SetPaymentsAsync(transactionId, PaymentStatus.Submitted, cancellationToken);
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
            async (transaction, attempt) =>
            {
                Set(transaction, attempt, TransactionStatus.Unresolved, AttemptStatus.Unresolved);
                transaction.Reason = reason;
                attempt.Evidence = evidence is null ? attempt.Evidence : Json("UNRESOLVED", attempt, null, reason, evidence);
                await SetPaymentsAsync(transactionId, PaymentStatus.Unresolved, cancellationToken);
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
            async (transaction, attempt) =>
            {
                Set(transaction, attempt, TransactionStatus.Expired, AttemptStatus.Expired);
                attempt.Evidence = Json("DEAD", attempt, margin, null, evidence);
                attempt.ClosedAt = time.GetUtcNow();
                await SetPaymentsAsync(transactionId, PaymentStatus.Accepted, cancellationToken);
                if (transaction.Kind == TransactionKind.Payment)
                {
                    await publish.Publish(new PrepareTransaction { TransactionId = transactionId }, cancellationToken);
                }
            },
            cancellationToken
        );

    /// <summary>The end at finalized. Whoever owns the transaction (payments, deployments) closes its books by the message.</summary>
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
            (transaction, attempt) =>
            {
                Set(
                    transaction,
                    attempt,
                    error is null ? TransactionStatus.Finalized : TransactionStatus.Failed,
                    error is null ? AttemptStatus.Finalized : AttemptStatus.Failed
                );
                attempt.Slot = slot;
                attempt.Error = error is null ? null : AsJson(error);
                attempt.ClosedAt = transaction.SettledAt = time.GetUtcNow();
                transaction.Reason = error is null ? null : $"The chain rejected it in slot {slot}: {error}";
                return publish.Publish(
                    new TransactionSettled
                    {
                        TransactionId = transactionId,
                        Outcome = UpperSnakeCase.From(transaction.Status),
                        Signature = attempt.Signature,
                        Slot = slot,
                        BlockTime = blockTime,
                        FailureReason = transaction.Reason,
                    },
                    cancellationToken
                );
            },
            cancellationToken
        );

    private async Task ChangeAsync(
        Guid transactionId,
        int number,
        Func<ChainTransaction, TransactionAttempt, Task> change,
        CancellationToken cancellationToken
    )
    {
        await using var commit = await db.Database.BeginTransactionAsync(cancellationToken);
        var transaction = await db.LockTransactionAsync(transactionId, cancellationToken);
        var attempt = await db.TransactionAttempts.FirstOrDefaultAsync(
            a => a.TransactionId == transactionId && a.Number == number,
            cancellationToken
        );
        if (transaction is null || attempt is null || !attempt.Status.IsLive())
        {
            return;
        }

        await change(transaction, attempt);
        await db.SaveChangesAsync(cancellationToken);
        await commit.CommitAsync(cancellationToken);
    }

    private static void Set(ChainTransaction transaction, TransactionAttempt attempt, TransactionStatus status, AttemptStatus attemptStatus)
    {
        transaction.Status = status;
        transaction.Reason = null;
        attempt.Status = attemptStatus;
    }

    private async Task<List<Payment>> SetPaymentsAsync(Guid transactionId, PaymentStatus status, CancellationToken cancellationToken)
    {
        var payments = await db.Payments.Where(p => p.TransactionId == transactionId).ToListAsync(cancellationToken);
        payments.ForEach(p => p.Status = status);
        return payments;
    }

    private string Json(string verdict, TransactionAttempt attempt, ulong? margin, string? reason, IReadOnlyList<NodeEvidence> nodes) =>
        JsonSerializer.Serialize(
            new
            {
                verdict,
                reason,
                attempt.Signature,
                attempt.LastValidBlockHeight,
                attempt.ContextSlot,
                margin,
                singleNode = nodes.Count == 1,
                nodes,
                issuedAt = time.GetUtcNow(),
            },
            EvidenceJson
        );

    // The chain's errors are JSON or a bare name.
    private static string AsJson(string error) => error.StartsWith('{') ? error : JsonSerializer.Serialize(error);
}
