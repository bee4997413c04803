using Clones.Contracts.Payments;
using Clones.Domain.Payments;
using Clones.Messaging.Bus;
using Clones.Persistence;
using Clones.Solana.Primitives;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Payments;

/// <summary>
/// Turns what another service asks for into a payment out of a training pool. One request id is one payment, for ever, whatever is delivered
/// again: the id is the payment's idempotency key, kept with it.
/// </summary>
internal sealed class PaymentRequestedConsumer(ClonesDbContext db, PaymentRequestHandler payments, ILogger<PaymentRequestedConsumer> log)
    : IConsumer<PaymentRequested>
{
    /// <summary>As the callers of the API have names of their own, so that no id of theirs is one of these.</summary>
    private const string Caller = "system:payment-requests";

    public async Task Consume(ConsumeContext<PaymentRequested> context)
    {
        var request = RequestedPayment.Parse(context.Message);
        var pool =
            await db.TrainingPools.AsNoTracking().FirstOrDefaultAsync(p => p.Id == request.TrainingPoolId, context.CancellationToken)
            ?? throw new UnacceptableMessageException($"trainingPoolId: there is no training pool {request.TrainingPoolId}.");
        var payment = await payments.TakeAsync(
            context,
            new PaymentRequest
            {
                Kind = PaymentKind.Reward,
                TrainingPoolId = pool.Id,
                Recipient = request.Recipient,
                Mint = pool.Mint is null ? null : PublicKey.Parse(pool.Mint),
                Amount = request.Amount,
                Caller = Caller,
                IdempotencyKey = request.Id,
                Reference = request.Reference,
                MayWait = true,
            },
            recipientField: "recipient",
            keyField: "requestId"
        );
        log.LogInformation("Payment request {RequestId} is payment {PaymentId}: {Status}", request.Id, payment.Id, payment.Status);
    }
}
