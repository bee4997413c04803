using Clones.Contracts.Payments;
using Clones.Domain;
using Clones.Domain.Payments;

namespace Clones.Settlement.Events;

/// <summary>What other services are told of a payment.</summary>
internal static class PaymentEvents
{
    public static PaymentConfirmed Confirmed(Payment payment, string signature, ulong slot, DateTimeOffset now) =>
        new()
        {
            PaymentId = payment.Id,
            TrainingPoolId = payment.TrainingPoolId,
            Kind = UpperSnakeCase.From(payment.Kind),
            Recipient = payment.Recipient,
            Mint = payment.Mint,
            AmountBaseUnits = payment.Amount.ToString(),
            Reference = payment.Reference,
            OccurredAt = now,
            Signature = signature,
            Slot = slot,
        };

    public static PaymentCompleted Completed(Payment payment, DateTimeOffset now) =>
        new()
        {
            PaymentId = payment.Id,
            TrainingPoolId = payment.TrainingPoolId,
            Kind = UpperSnakeCase.From(payment.Kind),
            Recipient = payment.Recipient,
            Mint = payment.Mint,
            AmountBaseUnits = payment.Amount.ToString(),
            Reference = payment.Reference,
            OccurredAt = now,
            Signature = payment.Signature!,
            Slot = payment.Slot!.Value,
        };

    public static PaymentFailed Failed(Payment payment, DateTimeOffset now) =>
        new()
        {
            PaymentId = payment.Id,
            TrainingPoolId = payment.TrainingPoolId,
            Kind = UpperSnakeCase.From(payment.Kind),
            Recipient = payment.Recipient,
            Mint = payment.Mint,
            AmountBaseUnits = payment.Amount.ToString(),
            Reference = payment.Reference,
            OccurredAt = now,
            Reason = payment.Reason ?? "It failed.",
            Signature = payment.Signature,
        };
}
