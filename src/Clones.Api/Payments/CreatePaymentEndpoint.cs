using Clones.Acceptance;
using Clones.Api.Auth;
using Clones.Api.Documentation;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Payments;

internal static class CreatePaymentEndpoint
{
    public static void MapPaymentCreation(this IEndpointRouteBuilder payments) =>
        payments
            .MapPost("/", CreateAsync)
            .RequireAuthorization(Policies.PayFrom)
            .WithMetadata(new MovesMoney())
            .WithName("createPayment")
            .WithSummary("Pay a reward out of a training pool's deposit wallet")
            .WithProblems(400, 401, 403, 404, 409, 422, 503);

    private static async Task<Accepted<PaymentView>> CreateAsync(
        CreatePaymentRequest body,
        Caller caller,
        IdempotencyKey? key,
        PaymentRequestReader reader,
        PaymentService payments,
        CancellationToken cancellationToken
    )
    {
        if (key is null)
        {
            throw IdempotencyKey.Required();
        }

        var incoming = await reader.ReadAsync(body, caller, key.Value, cancellationToken);
        var result = await payments.AcceptAsync(incoming.Request, cancellationToken);
        var payment = AcceptanceAnswer.PaymentOf(result, incoming.Token);
        var view = PaymentView.Of(payment, await reader.TokensAsync(payment.Mint, cancellationToken));
        return TypedResults.Accepted($"/v1/payments/{payment.Id}", view);
    }
}
