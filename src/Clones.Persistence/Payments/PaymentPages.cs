using Clones.Domain;
using Clones.Domain.Payments;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Payments;

/// <summary>Which payments are asked for; null asks for all.</summary>
/// <param name="CreatedFrom">Created then or later.</param>
/// <param name="CreatedBefore">Created before then.</param>
public sealed record PaymentCriteria(
    PaymentStatus? Status,
    Guid? TrainingPoolId,
    string? Recipient,
    string? Reference,
    DateTimeOffset? CreatedFrom,
    DateTimeOffset? CreatedBefore
)
{
    /// <summary>What it says of a payment <c>p</c>: each the text before a value, and the value; null where the text says all.</summary>
    internal IEnumerable<(string Sql, object? Value)> Conditions()
    {
        if (Status is { } status)
        {
            yield return ("p.status = ", UpperSnakeCase.From(status));
            if (ExceptionalStatus.ConditionOf(status) is { } indexed)
            {
                yield return (indexed, null);
            }
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

/// <summary>Payments by id, which is the order of time, a page at a time.</summary>
public static class PaymentPages
{
    /// <param name="owner">Only out of the training pools of this owner; null: out of all.</param>
    /// <param name="after">The last id of the page before; null begins.</param>
    public static Task<List<Payment>> ReadPaymentsAsync(
        this ClonesDbContext db,
        PaymentCriteria criteria,
        string? owner,
        Guid? after,
        bool newestFirst,
        int count,
        CancellationToken cancellationToken
    )
    {
        var conditions = criteria.Conditions();
        if (after is { } last)
        {
            conditions = conditions.Append((newestFirst ? "p.id < " : "p.id > ", last));
        }
        var (texts, values) = (new List<string>(), new List<object>());
        foreach (var (text, value) in conditions)
        {
            texts.Add(value is null ? text : $"{text}{{{values.Count}}}");
            values.AddRange(value is null ? [] : [value]);
        }
        if (owner is not null)
        {
            texts.Add("p.training_pool_id = t.id");
        }
        var where = texts.Count == 0 ? "" : $"WHERE {string.Join(" AND ", texts)}";
        var page = $"SELECT p.* FROM payments p {where} ORDER BY p.id {(newestFirst ? "DESC" : "")} LIMIT {count}";
        if (owner is not null)
        {
            // Pool by pool, so that each gives its page by its index, however much it has paid. EF would number all rows of all pools instead.
            page = $$"""
                SELECT p.* FROM training_pools t CROSS JOIN LATERAL ({{page}}) p
                WHERE t.owner_address = {{{values.Count}}} ORDER BY p.id {{(newestFirst ? "DESC" : "")}} LIMIT {{count}}
                """;
            values.Add(owner);
        }
        return db.Payments.FromSqlRaw(page, [.. values]).AsNoTracking().ToListAsync(cancellationToken);
    }
}
