using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;

namespace Clones.Api.Payments;

/// <param name="Payments">1 to 500.</param>
/// <param name="AllOrNothing">true: one that is rejected keeps all of them from being accepted, and the answer is 422 batch_refused.</param>
internal sealed record PaymentBatchRequest(
    [property: MinLength(1), MaxLength(PaymentBatchEndpoint.PaymentsMax)] IReadOnlyList<BatchPaymentRequest> Payments,
    bool AllOrNothing = false
);

/// <summary>As in POST /v1/payments, with its key beside it.</summary>
/// <param name="IdempotencyKey">1-200 printable ASCII characters; the same that the header of a single payment would be.</param>
/// <param name="Amount">Decimal string in the pool's token.</param>
/// <param name="Reference">The caller's own words, up to 200 characters.</param>
/// <param name="OnInsufficientFunds">reject (the default) or wait.</param>
internal sealed record BatchPaymentRequest(
    string IdempotencyKey,
    Guid TrainingPoolId,
    string Recipient,
    string Amount,
    string? Reference = null,
    [property: DefaultValue("reject"), RegularExpression("^(reject|wait)$")] string? OnInsufficientFunds = null
);

/// <param name="Items">One for each payment that was asked for, in that order.</param>
internal sealed record PaymentBatchView(int Accepted, int Refused, IReadOnlyList<BatchItemView> Items);

/// <param name="Status">What POST /v1/payments would have answered: 202, or that of the problem.</param>
/// <param name="Problem">An RFC 9457 document; null where it was accepted.</param>
internal sealed record BatchItemView(int Index, string IdempotencyKey, int Status, PaymentView? Payment, JsonObject? Problem);
