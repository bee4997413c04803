using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Messaging.Hosting;
using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;
using Clones.Persistence.Wallets;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Workers.Payments;

/// <summary>
/// Closes the books of the payments that a settled transaction carried. What it says is read from the database: a message that claims more
/// than the transaction's row changes nothing.
/// </summary>
internal sealed class PaymentSettledConsumer(ClonesDbContext db, WalletLedger ledger, TimeProvider time) : IConsumer<TransactionSettled>
{
    public async Task Consume(ConsumeContext<TransactionSettled> context)
    {
        var id = context.Message.TransactionId;
        var transaction =
            await db.LockTransactionAsync(id, context.CancellationToken)
            ?? throw new UnacceptableMessageException($"There is no transaction {id}.");
        if (transaction.Kind != TransactionKind.Payment)
        {
            return;
        }
        if (transaction.Status is not (TransactionStatus.Finalized or TransactionStatus.Failed))
        {
            throw new UnacceptableMessageException($"Transaction {id} is {UpperSnakeCase.From(transaction.Status)}, not settled.");
        }

        var attempt = await db.TransactionAttempts.FirstOrDefaultAsync(
            a => a.TransactionId == id && (a.Status == AttemptStatus.Finalized || a.Status == AttemptStatus.Failed),
            context.CancellationToken
        );
        var wallet = await ledger.LockAsync(transaction.WalletId, context.CancellationToken);
        var payments = await db.Payments.Where(p => p.TransactionId == id).ToListAsync(context.CancellationToken);
        foreach (var payment in payments.Where(p => p.Status is not (PaymentStatus.Completed or PaymentStatus.Failed)))
        {
            await CloseAsync(context, payment, transaction, attempt);
        }

        await ledger.ReleaseAsync(wallet!, id, attempt?.Slot, context.CancellationToken);
        wallet!.BalanceCheckedAt = null;
    }

    private async Task CloseAsync(ConsumeContext context, Payment payment, ChainTransaction transaction, TransactionAttempt? attempt)
    {
        var now = time.GetUtcNow();
        payment.Signature = attempt?.Signature;
        payment.Slot = attempt?.Slot;
        payment.CompletedAt = now;
        if (transaction.Status == TransactionStatus.Finalized)
        {
            payment.Status = PaymentStatus.Completed;
            payment.Reason = null;
            await context.Publish(PaymentEvents.Completed(payment, now));
        }
        else
        {
            payment.Status = PaymentStatus.Failed;
            payment.Reason = transaction.Reason ?? "It failed.";
            await context.Publish(PaymentEvents.Failed(payment, now));
        }
    }
}
