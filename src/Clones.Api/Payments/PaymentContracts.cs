using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using Clones.Api.Requests;
using Clones.Api.Tokens;
using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;

namespace Clones.Api.Payments;

/// <param name="Amount">Decimal string in the pool's token.</param>
/// <param name="Reference">The caller's own words, up to 200 characters.</param>
/// <param name="OnInsufficientFunds">reject (the default): 422. wait: stored as WAITING_FOR_FUNDS, and paid when the funds are there.</param>
internal sealed record CreatePaymentRequest(
    Guid TrainingPoolId,
    string Recipient,
    string Amount,
    string? Reference = null,
    [property: DefaultValue("reject"), RegularExpression("^(reject|wait)$")] string? OnInsufficientFunds = null
);

internal sealed record PaymentView(
    Guid Id,
    string Kind,
    Guid TrainingPoolId,
    string Recipient,
    string TokenSymbol,
    string? Mint,
    string Amount,
    string AmountBaseUnits,
    string Status,
    string? Reference,
    string? Reason,
    Guid? TransactionId,
    string? Signature,
    ulong? Slot,
    DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt
)
{
    public static PaymentView Of(Payment payment, TokenCatalogue tokens)
    {
        var token = tokens.ByMint(payment.Mint);
        return new PaymentView(
            payment.Id,
            UpperSnakeCase.From(payment.Kind),
            payment.TrainingPoolId,
            payment.Recipient,
            token.Symbol,
            payment.Mint,
            DecimalAmount.Format(payment.Amount, token.Decimals),
            $"{payment.Amount}",
            UpperSnakeCase.From(payment.Status),
            payment.Reference,
            payment.Reason,
            payment.TransactionId,
            payment.Signature,
            payment.Slot,
            payment.CreatedAt,
            payment.CompletedAt
        );
    }
}

/// <summary>One signed message. The signed bytes themselves are nobody's business.</summary>
/// <param name="Error">As the chain said it.</param>
/// <param name="Evidence">
/// Why it is known to be over: the expiry proof, or what else closed it. Which nodes said what is for keys with scope ops.
/// </param>
internal sealed record AttemptView(
    int Number,
    string Status,
    string? Signature,
    string Blockhash,
    ulong ContextSlot,
    ulong LastValidBlockHeight,
    ulong? Slot,
    string FeeLamportsMax,
    int SendCount,
    DateTimeOffset? LastSentAt,
    JsonElement? Error,
    JsonElement? Evidence,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ClosedAt
)
{
    /// <param name="showsNodes">Whether the reader sees which nodes there are and what each answered.</param>
    public static AttemptView Of(TransactionAttempt attempt, bool showsNodes) =>
        new(
            attempt.Number,
            UpperSnakeCase.From(attempt.Status),
            attempt.Signature,
            attempt.Blockhash,
            attempt.ContextSlot,
            attempt.LastValidBlockHeight,
            attempt.Slot,
            $"{attempt.FeeLamportsMax}",
            attempt.SendCount,
            attempt.LastSentAt,
            Json(attempt.Error),
            showsNodes ? Json(attempt.Evidence) : WithoutNodes(attempt.Evidence),
            attempt.CreatedAt,
            attempt.ClosedAt
        );

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);

    // The reason beside them is the transaction's; that of an older release names nodes.
    private static JsonElement? WithoutNodes(string? evidence)
    {
        if (evidence is null || JsonNode.Parse(evidence) is not JsonObject document || !document.ContainsKey("nodes"))
        {
            return Json(evidence);
        }

        foreach (var name in (string[])["nodes", "singleNode", "reason"])
        {
            document.Remove(name);
        }

        return JsonSerializer.SerializeToElement(document);
    }
}
