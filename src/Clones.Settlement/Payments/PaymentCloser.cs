using Clones.Domain;
using Clones.Domain.Faults;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Messaging.Bus;
using Clones.Persistence.Wallets;
using Clones.Settlement.Events;
using Clones.Settlement.Store;

namespace Clones.Settlement.Payments;

/// <summary>
/// Closes the database of the payments that a settled transaction carried. What happened is read from the database: a message that claims more
/// than the transaction's row changes nothing.
/// </summary>
internal sealed class PaymentCloser(ICrashPoints crashes, TimeProvider time)
{
    /// <summary>All within <paramref name="work"/>, which the caller commits. Done twice it changes nothing.</summary>
    /// <exception cref="UnacceptableMessageException">There is no such transaction, or it is not settled.</exception>
    public async Task CloseAsync(Guid transactionId, ISettlementWork work, CancellationToken cancellationToken)
    {
        var transaction =
            await work.LockAsync(transactionId, cancellationToken)
            ?? throw new UnacceptableMessageException($"There is no transaction {transactionId}.");
        if (transaction.Kind != TransactionKind.Payment)
        {
            return;
        }
        if (transaction.Status is not (TransactionStatus.Finalized or TransactionStatus.Failed))
        {
            throw new UnacceptableMessageException(
                $"Transaction {transactionId} is {UpperSnakeCase.From(transaction.Status)}, not settled."
            );
        }

        var attempts = await work.AttemptsAsync(transactionId, cancellationToken);
        var last = attempts.FirstOrDefault(a => a.Status is AttemptStatus.Finalized or AttemptStatus.Failed);
        var wallet = await work.LockWalletAsync(transaction.WalletId, cancellationToken);
        var payments = await work.PaymentsAsync(transactionId, cancellationToken);
        foreach (var payment in payments.Where(p => p.Status is not (PaymentStatus.Completed or PaymentStatus.Failed)))
        {
            await CloseAsync(work, payment, transaction, last, cancellationToken);
        }

        var open = await work.OpenReservationsAsync(transactionId, cancellationToken);
        WalletLedger.Release(wallet, open, last?.Slot, time.GetUtcNow());
        wallet.BalanceCheckedAt = null;
        await crashes.ReachAsync(CrashPoint.PaymentsClosed, cancellationToken);
    }

    private Task CloseAsync(
        ISettlementWork work,
        Payment payment,
        ChainTransaction transaction,
        TransactionAttempt? last,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        payment.Signature = last?.Signature;
        payment.Slot = last?.Slot;
        payment.CompletedAt = now;
        if (transaction.Status == TransactionStatus.Finalized)
        {
            payment.MoveTo(PaymentStatus.Completed);
            payment.Reason = null;
            return work.PublishAsync(PaymentEvents.Completed(payment, now), cancellationToken);
        }

        payment.MoveTo(PaymentStatus.Failed);
        payment.Reason = transaction.Reason ?? "It failed.";
        return work.PublishAsync(PaymentEvents.Failed(payment, now), cancellationToken);
    }
}
