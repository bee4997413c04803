using Clones.Contracts.Payments;
using Clones.Domain;
using Clones.Domain.Payments;

namespace Clones.Settlement.Events;

/// <summary>What other services read of a payment.</summary>
internal static class PaymentEvents
{
    public static PaymentConfirmed Confirmed(Payment payment, string signature, ulong slot, DateTimeOffset now) =>
        Of<PaymentConfirmed>(payment, now) with
        {
            Signature = signature,
            Slot = slot,
        };

    public static PaymentCompleted Completed(Payment payment, DateTimeOffset now) =>
        Of<PaymentCompleted>(payment, now) with
        {
            Signature = payment.Signature!,
            Slot = payment.Slot!.Value,
        };

    public static PaymentFailed Failed(Payment payment, DateTimeOffset now) =>
        Of<PaymentFailed>(payment, now) with
        {
            Reason = payment.Reason ?? "It failed.",
            Signature = payment.Signature,
        };

    // The compiler would want the required fields of each event at its creation, and so all of them written three times.
    private static T Of<T>(Payment payment, DateTimeOffset now)
        where T : PaymentFields =>
        Activator.CreateInstance<T>() with
        {
            PaymentId = payment.Id,
            TrainingPoolId = payment.TrainingPoolId,
            Kind = UpperSnakeCase.From(payment.Kind),
            Recipient = payment.Recipient,
            Mint = payment.Mint,
            AmountBaseUnits = payment.Amount.ToString(),
            Reference = payment.Reference,
            OccurredAt = now,
        };
}
