using Clones.Api.Auth;
using Clones.Domain.Payments;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Payments;

/// <summary>Payments by id, which is the order of time, a page at a time. An owner sees those out of their own pools; a key sees all.</summary>
internal static class PaymentPages
{
    /// <param name="after">The last id of the page before; null begins.</param>
    public static Task<List<Payment>> ReadAsync(
        ClonesDbContext db,
        Caller caller,
        PaymentFilter filter,
        Guid? after,
        bool newestFirst,
        int count,
        CancellationToken cancellationToken
    )
    {
        var conditions = filter.Conditions();
        if (after is { } last)
        {
            conditions = conditions.Append((newestFirst ? "p.id < " : "p.id > ", last));
        }
        var (texts, values) = (new List<string>(), new List<object>());
        foreach (var (text, value) in conditions)
        {
            texts.Add($"{text}{{{values.Count}}}");
            values.Add(value);
        }
        var owner = caller.Wallet?.ToString();
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

    public static async Task<bool> MayReadAsync(ClonesDbContext db, Caller caller, Payment payment, CancellationToken cancellationToken) =>
        caller.Wallet?.ToString() is not { } owner
        || await db.TrainingPools.AnyAsync(t => t.Id == payment.TrainingPoolId && t.OwnerAddress == owner, cancellationToken);
}
