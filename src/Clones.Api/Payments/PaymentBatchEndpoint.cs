using System.Text.Json.Nodes;
using Clones.Acceptance;
using Clones.Api.Auth;
using Clones.Api.Problems;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain.Payments;
using Clones.Domain.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Clones.Api.Payments;

/// <summary>What became of one payment of a batch: one of the two.</summary>
internal sealed record BatchOutcome(Payment? Payment, Problem? Problem);

/// <summary>
/// Many rewards in one request. Each has an idempotency key of its own, in the same names as those of single payments: whoever got no answer
/// sends the batch again, or a part of it, or one by one, and pays nothing twice.
/// </summary>
internal static class PaymentBatchEndpoint
{
    public const int PaymentsMax = 500;
    private const int BodyBytesMax = 512 * 1024;

    public static void MapPaymentBatch(this IEndpointRouteBuilder payments) =>
        payments
            .MapPost("/batch", CreateAsync)
            .RequireAuthorization(Policies.PayFrom)
            .WithMetadata(new BodyLimit(BodyBytesMax))
            .WithName("createPayments")
            .WithSummary("Pay up to 500 rewards, each with a result of its own, or all or none")
            .WithProblems(400, 401, 403, 413, 422, 503);

    private static async Task<Ok<PaymentBatchView>> CreateAsync(
        PaymentBatchRequest body,
        Caller caller,
        PaymentRequestReader reader,
        PaymentService service,
        CancellationToken cancellationToken
    )
    {
        RejectShape(body.Payments);
        var outcomes = new BatchOutcome[body.Payments.Count];
        var readable = new List<(int Index, IncomingPayment Payment)>();
        for (var i = 0; i < outcomes.Length; i++)
        {
            try
            {
                readable.Add((i, await ReadAsync(body.Payments[i], caller, reader, cancellationToken)));
            }
            catch (ProblemException rejected)
            {
                outcomes[i] = new BatchOutcome(null, rejected.Problem);
            }
        }

        var requests = readable.ConvertAll(r => r.Payment.Request);
        // What cannot be read spoils all of them: the others need not be tried.
        if (!body.AllOrNothing || readable.Count == outcomes.Length)
        {
            var results = body.AllOrNothing
                ? await service.AcceptAllAsync(requests, cancellationToken)
                : await service.AcceptEachAsync(requests, cancellationToken);
            for (var i = 0; i < results.Count; i++)
            {
                outcomes[readable[i].Index] = OutcomeOf(results[i], readable[i].Payment.Token);
            }
            if (body.AllOrNothing && results.Any(r => r is PaymentAcceptanceResult.BalanceTooOld))
            {
                throw new ProblemException(outcomes.First(o => o.Problem?.Status == 503).Problem!);
            }
        }

        var tokens = await reader.TokensAsync(null, cancellationToken);
        var rejections = outcomes.Count(o => o is { Problem: not null });
        if (body.AllOrNothing && rejections > 0)
        {
            throw Rejected(body.Payments, outcomes, rejections);
        }

        var items = outcomes.Select((outcome, i) => View(i, body.Payments[i].IdempotencyKey, outcome, tokens));
        return TypedResults.Ok(new PaymentBatchView(outcomes.Length - rejections, rejections, [.. items]));
    }

    private static BatchOutcome OutcomeOf(PaymentAcceptanceResult result, Token token)
    {
        try
        {
            return new BatchOutcome(AcceptanceAnswer.PaymentOf(result, token), null);
        }
        catch (ProblemException rejected)
        {
            return new BatchOutcome(null, rejected.Problem);
        }
    }

    /// <summary>What makes a batch none.</summary>
    private static void RejectShape(IReadOnlyList<BatchPaymentRequest> payments)
    {
        var fields = new Fields();
        if (payments.Count is 0 or > PaymentsMax)
        {
            fields.Reject<string>("payments", $"must be 1 to {PaymentsMax} payments");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(payments.Count, PaymentsMax); i++)
        {
            if (payments[i] is not { } payment)
            {
                fields.Reject<string>($"payments[{i}]", "must not be null");
            }
            else if (!IdempotencyKey.IsOne(payment.IdempotencyKey))
            {
                fields.Reject<string>($"payments[{i}].idempotencyKey", "must be 1 to 200 printable ASCII characters");
            }
            else if (!keys.Add(payment.IdempotencyKey))
            {
                fields.Reject<string>($"payments[{i}].idempotencyKey", "stands in this batch twice");
            }
        }
        fields.ThrowIfRejected();
    }

    private static Task<IncomingPayment> ReadAsync(
        BatchPaymentRequest payment,
        Caller caller,
        PaymentRequestReader reader,
        CancellationToken cancellationToken
    ) =>
        reader.ReadAsync(
            new CreatePaymentRequest(
                payment.TrainingPoolId,
                payment.Recipient,
                payment.Amount,
                payment.Reference,
                payment.OnInsufficientFunds
            ),
            caller,
            payment.IdempotencyKey,
            cancellationToken
        );

    private static BatchItemView View(int index, string key, BatchOutcome outcome, TokenCatalogue tokens) =>
        outcome.Problem is { } problem
            ? new BatchItemView(index, key, problem.Status, null, problem.ToDocument())
            : new BatchItemView(index, key, StatusCodes.Status202Accepted, PaymentView.Of(outcome.Payment!, tokens), null);

    private static ProblemException Rejected(IReadOnlyList<BatchPaymentRequest> payments, BatchOutcome?[] outcomes, int rejections)
    {
        var items = outcomes
            .Select((outcome, i) => (Problem: outcome?.Problem, Index: i))
            .Where(o => o.Problem is not null)
            .Select(o => new JsonObject
            {
                ["index"] = o.Index,
                ["idempotencyKey"] = payments[o.Index].IdempotencyKey,
                ["status"] = o.Problem!.Status,
                ["problem"] = o.Problem.ToDocument(),
            });
        return new ProblemException(
            new Problem(
                422,
                ProblemCode.BatchRefused,
                $"{rejections} of {outcomes.Length} payments are rejected, so none was accepted: items says which and why."
            )
            {
                Members = new Dictionary<string, JsonNode?> { ["items"] = new JsonArray([.. items]) },
            }
        );
    }
}
