using Clones.Contracts.Settlement;
using Clones.Domain.Transactions;
using Clones.Persistence;
using Clones.Solana.Primitives;
using Clones.Solana.Rpc;
using Clones.Testing;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using TransactionStatus = Clones.Domain.Transactions.TransactionStatus;

namespace Clones.Settlement.Tests.Deployments;

/// <summary>Settlement on a network that loses nothing: sends the committed bytes and waits until they are final.</summary>
internal sealed class SettlesAtOnce(ClonesDbContext db, RpcEndpoints rpc) : IConsumer<BroadcastTransaction>
{
    public async Task Consume(ConsumeContext<BroadcastTransaction> context)
    {
        var transaction = await db
            .Transactions.Include(t => t.Attempts)
            .SingleAsync(t => t.Id == context.Message.TransactionId, context.CancellationToken);
        var attempt = transaction.Attempts.Single(a => a.Number == context.Message.AttemptNumber);
        var signature = Signature.Parse(attempt.Signature!);
        await rpc.Primary.SendTransactionAsync(attempt.WireBytes!, skipPreflight: true, cancellationToken: context.CancellationToken);
        var final = await PatientWait.UntilAsync(
            async () =>
            {
                var status = (await rpc.Primary.GetSignatureStatusesAsync([signature])).Value[0];
                return status?.ConfirmationStatus == Commitment.Finalized ? status : null;
            },
            "the transaction to be final"
        );
        attempt.MoveTo(final.Succeeded ? AttemptStatus.Finalized : AttemptStatus.Failed);
        attempt.Slot = final.Slot;
        transaction.MoveTo(final.Succeeded ? TransactionStatus.Finalized : TransactionStatus.Failed);
        await context.Publish(
            new TransactionSettled
            {
                TransactionId = transaction.Id,
                Outcome = final.Succeeded ? "FINALIZED" : "FAILED",
                Signature = attempt.Signature,
                Slot = final.Slot,
                BlockTime = 1,
                FailureReason = final.Err,
            }
        );
    }
}
