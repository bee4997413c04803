using Clones.Api.Auth;
using Clones.Domain.Payments;
using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Payments;

/// <summary>Payments by id, which is the order of time, a page at a time. An owner sees those out of their own pools; a key sees all.</summary>
internal static class PaymentPages
{
    /// <param name="after">The last id of the page before; null begins.</param>
    public static IQueryable<Payment> Of(
        ClonesDbContext db,
        Caller caller,
        PaymentFilter filter,
        Guid? after,
        bool newestFirst,
        int count
    )
    {
        var filtered = filter.Apply(db.Payments.AsNoTracking());
        if (after is { } last)
        {
            filtered = newestFirst ? filtered.Where(p => p.Id.CompareTo(last) < 0) : filtered.Where(p => p.Id.CompareTo(last) > 0);
        }
        if (caller.Wallet?.ToString() is not { } owner)
        {
            return Ordered(filtered);
        }

        // Pool by pool, so that each gives its page by its index, however much it has paid.
        var pools = db.TrainingPools.Where(t => t.OwnerAddress == owner);
        return Ordered(
            newestFirst
                ? pools.SelectMany(t => filtered.Where(p => p.TrainingPoolId == t.Id).OrderByDescending(p => p.Id).Take(count))
                : pools.SelectMany(t => filtered.Where(p => p.TrainingPoolId == t.Id).OrderBy(p => p.Id).Take(count))
        );

        IQueryable<Payment> Ordered(IQueryable<Payment> payments) =>
            (newestFirst ? payments.OrderByDescending(p => p.Id) : payments.OrderBy(p => p.Id)).Take(count);
    }

    public static async Task<bool> MayReadAsync(ClonesDbContext db, Caller caller, Payment payment, CancellationToken cancellationToken) =>
        caller.Wallet?.ToString() is not { } owner
        || await db.TrainingPools.AnyAsync(t => t.Id == payment.TrainingPoolId && t.OwnerAddress == owner, cancellationToken);
}
