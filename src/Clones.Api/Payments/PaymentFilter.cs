using Clones.Api.Documentation;
using Clones.Api.Requests;
using Clones.Domain;
using Clones.Domain.Payments;

namespace Clones.Api.Payments;

/// <summary>The filters of the list of payments; null does not filter.</summary>
/// <param name="CreatedFrom">Created then or later.</param>
/// <param name="CreatedBefore">Created before then.</param>
internal sealed record PaymentFilter(
    PaymentStatus? Status,
    Guid? TrainingPoolId,
    string? Recipient,
    string? Reference,
    DateTimeOffset? CreatedFrom,
    DateTimeOffset? CreatedBefore
)
{
    public static string[] Names { get; } = [.. QueryParameter.OfPayments.Select(p => p.Name)];

    /// <exception cref="Problems.ProblemException">A filter is not what it should be.</exception>
    public static PaymentFilter Read(IQueryCollection query)
    {
        var fields = new Fields();
        PaymentStatus? status = null;
        if (query.TryGetValue("status", out var name))
        {
            // Looked up among the names: a parser of enums would take numbers as well.
            var known = Enum.GetValues<PaymentStatus>().Where(s => UpperSnakeCase.From(s) == name).ToList();
            status = known is [var one] ? one : fields.Reject<PaymentStatus>("status", "is not a status of payments");
        }
        Guid? pool = null;
        if (query.TryGetValue("trainingPoolId", out var text))
        {
            pool = Guid.TryParseExact(text, "D", out var id) ? id : fields.Reject<Guid>("trainingPoolId", "must be a UUID");
        }

        var recipient = query.TryGetValue("recipient", out var r) ? fields.Text<AccountAddress>("recipient", r).Key.ToString() : null;
        var reference = query.TryGetValue("reference", out var own) ? fields.Text<PaymentReference>("reference", own).Value : null;
        var from = fields.OptionalText<Timestamp>("createdFrom", query.TryGetValue("createdFrom", out var f) ? $"{f}" : null);
        var before = fields.OptionalText<Timestamp>("createdBefore", query.TryGetValue("createdBefore", out var b) ? $"{b}" : null);
        fields.ThrowIfRejected();
        return new PaymentFilter(status, pool, recipient, reference, from?.Value, before?.Value);
    }

    /// <summary>What it says of a payment <c>p</c>, as SQL: each the text before a value, and the value.</summary>
    public IEnumerable<(string Sql, object Value)> Conditions()
    {
        if (Status is { } status)
        {
            yield return ("p.status = ", UpperSnakeCase.From(status));
        }
        if (TrainingPoolId is { } pool)
        {
            yield return ("p.training_pool_id = ", pool);
        }
        if (Recipient is { } recipient)
        {
            yield return ("p.recipient = ", recipient);
        }
        if (Reference is { } reference)
        {
            yield return ("p.reference = ", reference);
        }
        // Ids are in the order of time: they have the index. What is a moment too early or too late by its id is left to the time itself.
        if (CreatedFrom is { } from)
        {
            yield return ("p.id >= ", OrderedId.FloorOf(from.ToUnixTimeMilliseconds() - 1));
            yield return ("p.created_at >= ", from.ToUniversalTime());
        }
        if (CreatedBefore is { } before)
        {
            yield return ("p.id < ", OrderedId.FloorOf(before.ToUnixTimeMilliseconds() + 2));
            yield return ("p.created_at < ", before.ToUniversalTime());
        }
    }
}
