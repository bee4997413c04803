using Clones.Acceptance;
using Clones.Domain.Payments;
using Clones.Messaging.Bus;
using Clones.Persistence;
using MassTransit;

namespace Clones.Settlement.Payments;

/// <summary>
/// Accepts what a message asks to be paid, in the commit of that message. Nobody waits for an answer, so it is never rejected for what may pass:
/// where funds are missing, the pool is paused or no node answers, the payment waits.
/// </summary>
internal sealed class PaymentRequestHandler(ClonesDbContext db, PaymentService payments)
{
    /// <param name="context">Publishes what comes next.</param>
    /// <param name="request">That may wait.</param>
    /// <param name="recipientField">What the sender calls the recipient.</param>
    /// <param name="keyField">What the sender calls the idempotency key.</param>
    /// <returns>The payment, of now or of an earlier delivery.</returns>
    /// <exception cref="UnacceptableMessageException">It can never be paid.</exception>
    public async Task<Payment> TakeAsync(ConsumeContext context, PaymentRequest request, string recipientField, string keyField)
    {
        context.TryGetPayload(out ReadAhead? ahead);
        switch (await payments.AcceptWithinAsync(db, context, request, ahead, context.CancellationToken))
        {
            case PaymentAcceptanceResult.Accepted(var payment, _):
                return payment;
            case PaymentAcceptanceResult.Replayed(var payment):
                return payment;
            case PaymentAcceptanceResult.KeyReused(var earlier):
                throw new UnacceptableMessageException(
                    $"{keyField}: {request.IdempotencyKey} was asked for before with other contents, and is payment {earlier}. "
                        + "Nothing is paid twice; a new payment needs an id of its own."
                );
            case PaymentAcceptanceResult.RecipientRejected(var reason):
                throw new UnacceptableMessageException($"{recipientField} cannot be paid. {reason}");
            case PaymentAcceptanceResult.PoolHasNoWallet:
                throw new InvalidOperationException($"The deposit wallet of training pool {request.TrainingPoolId} is not made yet.");
            case var other:
                throw new InvalidOperationException($"The payment of {request.IdempotencyKey} was not accepted: {other.GetType().Name}.");
        }
    }
}
