using Clones.Api.Documentation;
using Clones.Api.Requests;
using Clones.Domain;
using Clones.Domain.Payments;
using Clones.Persistence.Payments;

namespace Clones.Api.Payments;

/// <summary>The filters of the list of payments.</summary>
internal static class PaymentFilter
{
    public static string[] Names { get; } = [.. QueryParameter.OfPayments.Select(p => p.Name)];

    /// <exception cref="Problems.ProblemException">A filter is not what it should be.</exception>
    public static PaymentCriteria Read(IQueryCollection query)
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
        return new PaymentCriteria(status, pool, recipient, reference, from?.Value, before?.Value);
    }
}
