using Clones.Contracts.Settlement;
using Clones.Persistence;
using Clones.Persistence.Messaging.Hosting;
using Clones.Persistence.Payments;
using Clones.Persistence.Settlement;
using Clones.Solana.Messages;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Workers.Keys;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Persistence.Settlement.TransactionStatus;

namespace Clones.Workers.Settlement;

/// <summary>
/// Signs attempt n of a payment transaction and stores it. Nothing is sent here: a consumer may run again, and what it had sent before its
/// commit would be unknown to the next run. Handling a message twice finds the live attempt and signs nothing.
/// </summary>
internal sealed class PrepareTransactionConsumer(
    ClonesDbContext db,
    PaymentMessages messages,
    DepositKeyVault vault,
    SettlementOptions options,
    TimeProvider time,
    ILogger<PrepareTransactionConsumer> log
) : IConsumer<PrepareTransaction>
{
    public async Task Consume(ConsumeContext<PrepareTransaction> context)
    {
        var id = context.Message.TransactionId;
        var transaction =
            await db.LockTransactionAsync(id, context.CancellationToken)
            ?? throw new UnacceptableMessageException($"There is no transaction {id}.");
        var attempts = await db.TransactionAttempts.Where(a => a.TransactionId == id).ToListAsync(context.CancellationToken);
        switch (PreparationVerdict.Decide(transaction.Kind, transaction.Status, attempts))
        {
            case PreparationVerdict.Sign(var number):
                await PrepareAsync(context, transaction, number);
                break;
            case PreparationVerdict.Reuse(var number):
                await context.Publish(new BroadcastTransaction { TransactionId = id, AttemptNumber = number });
                break;
            case PreparationVerdict.Nothing(var reason):
                log.LogInformation("Nothing to prepare for transaction {TransactionId}: {Reason}", id, reason);
                break;
        }
    }

    private async Task PrepareAsync(ConsumeContext context, ChainTransaction transaction, int number)
    {
        var payments = await db
            .Payments.Where(p => p.TransactionId == transaction.Id)
            .OrderBy(p => p.Id)
            .ToListAsync(context.CancellationToken);
        var wallet = await db.DepositWallets.SingleAsync(w => w.Id == transaction.WalletId, context.CancellationToken);
        if (payments.Count == 0)
        {
            throw new UnacceptableMessageException($"Transaction {transaction.Id} carries no payment.");
        }

        try
        {
            var prepared = await messages.BuildAsync(
                transaction.Id,
                number,
                PublicKey.Parse(wallet.Address),
                payments,
                transaction.AcceptedSlot,
                context.CancellationToken
            );
            await SignAsync(context, transaction, number, prepared, payments);
        }
        catch (Exception e) when (e is RpcException or BlockhashUnknownException)
        {
            // Nothing is known of the payment and nothing was signed; reconciliation asks again.
            log.LogWarning("Transaction {TransactionId} waits for the chain: {Reason}", transaction.Id, e.Message);
            transaction.Reason = $"Waiting for the chain: {e.Message}";
            await db.CheckAgainAsync([transaction.Id], options.PrepareAgainAfter, context.CancellationToken);
        }
        catch (PaymentCannotBeBuiltException e)
        {
            await RefuseOrRetryAsync(context, transaction, e.Message);
        }
    }

    private async Task SignAsync(
        ConsumeContext context,
        ChainTransaction transaction,
        int number,
        PreparedMessage prepared,
        IReadOnlyList<Payment> payments
    )
    {
        var signed = new Transaction(prepared.Message);
        using (var key = await vault.OpenAsync(transaction.WalletId, transaction.Id, context.CancellationToken))
        {
            signed.Sign(key);
        }
        if (!signed.VerifySignatures())
        {
            throw new InvalidOperationException($"The signature over attempt {number} of transaction {transaction.Id} does not verify.");
        }

        db.TransactionAttempts.Add(
            new TransactionAttempt
            {
                TransactionId = transaction.Id,
                Number = number,
                Status = AttemptStatus.Signed,
                MessageBytes = prepared.Message.Serialize(),
                WireBytes = signed.Serialize(),
                Signature = signed.Id.ToString(),
                Blockhash = prepared.Blockhash.Blockhash.ToString(),
                LastValidBlockHeight = prepared.Blockhash.LastValidBlockHeight,
                ContextSlot = prepared.Blockhash.Slot,
                GenesisHash = prepared.GenesisHash,
                FeeLamportsMax = prepared.FeeLamports,
                CreatedAt = time.GetUtcNow(),
            }
        );
        transaction.Status = TransactionStatus.Signed;
        transaction.AttemptNumber = number;
        transaction.PreparationFailures = 0;
        transaction.Reason = null;
        foreach (var payment in payments)
        {
            payment.Status = PaymentStatus.Submitted;
        }
        await db.CheckAgainAsync([transaction.Id], options.CheckEvery, context.CancellationToken);
        await context.Publish(new BroadcastTransaction { TransactionId = transaction.Id, AttemptNumber = number });
        log.LogInformation(
            "Signed attempt {Attempt} of transaction {TransactionId}: {Signature}",
            number,
            transaction.Id,
            signed.Id.ToString()
        );
    }

    private async Task RefuseOrRetryAsync(ConsumeContext context, ChainTransaction transaction, string reason)
    {
        transaction.PreparationFailures++;
        transaction.Reason = reason;
        if (transaction.PreparationFailures < options.PreparationFailuresMax)
        {
            // One node's view may be behind; the same answer again, later, is worth more.
            log.LogWarning("Transaction {TransactionId} cannot be built yet: {Reason}", transaction.Id, reason);
            await db.CheckAgainAsync([transaction.Id], options.PrepareAgainAfter, context.CancellationToken);
            return;
        }

        log.LogWarning("Transaction {TransactionId} is given up before it was signed: {Reason}", transaction.Id, reason);
        transaction.Status = TransactionStatus.Failed;
        transaction.SettledAt = time.GetUtcNow();
        await context.Publish(
            new TransactionSettled
            {
                TransactionId = transaction.Id,
                Outcome = UpperSnakeCase.From(TransactionStatus.Failed),
                FailureReason = reason,
            }
        );
    }
}
