using Clones.Domain.Payments;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Ledger;

/// <summary>The database of reservations and what the chain has shown, in one list.</summary>
public static class LedgerRows
{
    /// <param name="after">Sort key of the last entry of the page before; null begins with the newest.</param>
    public static async Task<List<LedgerRow>> ReadLedgerAsync(
        this ClonesDbContext db,
        Guid walletId,
        Guid? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        // The sort key is the time in microseconds and a hash of what the entry is: an order that never changes, in the shape of an id.
        var rows = await db
            .Database.SqlQuery<LedgerRow>(
                $"""
                WITH entries AS (
                    SELECT r.created_at AS at, 'RESERVATION' AS kind, r.mint, -r.amount AS amount, NULL::text AS signature,
                        NULL::numeric AS slot, r.transaction_id, NULL::int AS attempt, NULL::uuid AS payment_tag,
                        NULL::text AS destination, false AS failed,
                        'made ' || r.id AS name
                    FROM wallet_reservations r WHERE r.wallet_id = {walletId} AND r.amount > 0
                    UNION ALL
                    SELECT r.released_at, 'RELEASE', r.mint, r.amount, NULL, NULL, r.transaction_id, NULL, NULL, NULL, false,
                        'released ' || r.id
                    FROM wallet_reservations r WHERE r.wallet_id = {walletId} AND r.amount > 0 AND r.released_at IS NOT NULL
                    UNION ALL
                    SELECT coalesce(to_timestamp(m.block_time), m.recorded_at), m.kind, m.mint, m.delta, m.signature, m.slot,
                        m.transaction_id, m.attempt_number, m.payment_tag, m.destination, m.failed, m.signature || ' ' || m.ordinal
                    FROM wallet_movements m WHERE m.wallet_id = {walletId} AND m.kind <> 'NONE'
                ), keyed AS (
                    SELECT e.*, (lpad(to_hex((extract(epoch FROM e.at) * 1000000)::bigint), 16, '0') || substr(md5(e.name), 1, 16))::uuid
                        AS sort_key
                    FROM entries e
                )
                SELECT k.sort_key, k.at, k.kind, k.mint, k.amount, k.signature, k.slot, k.transaction_id, k.attempt, k.payment_tag,
                    k.destination, k.failed, NULL::uuid AS payment_id
                FROM keyed k
                WHERE {after}::uuid IS NULL OR k.sort_key < {after}
                ORDER BY k.sort_key DESC LIMIT {count}
                """
            )
            .ToListAsync(cancellationToken);
        return await db.WithPaymentsAsync(rows, cancellationToken);
    }

    private static async Task<List<LedgerRow>> WithPaymentsAsync(
        this ClonesDbContext db,
        List<LedgerRow> rows,
        CancellationToken cancellationToken
    )
    {
        // The payments of a rejected batch have left it, and one that went on alone is in the transaction of its tag.
        Guid?[] ids = [.. rows.SelectMany(r => new[] { r.TransactionId, r.PaymentTag }).Where(id => id is not null).Distinct()];
        var payments = (await db.Payments.AsNoTracking().Where(p => ids.Contains(p.TransactionId)).ToListAsync(cancellationToken)).ToLookup(
            p => p.TransactionId!.Value
        );
        return [.. rows.Select(row => row.Of([.. payments[row.TransactionId ?? default], .. payments[row.PaymentTag ?? default]]))];
    }
}

/// <param name="Amount">Base units of the mint or lamports, with their sign.</param>
public sealed record LedgerRow(
    Guid SortKey,
    DateTimeOffset At,
    string Kind,
    string? Mint,
    decimal Amount,
    string? Signature,
    ulong? Slot,
    Guid? TransactionId,
    int? Attempt,
    Guid? PaymentTag,
    Guid? PaymentId,
    string? Destination,
    bool Failed
)
{
    /// <param name="carried">The payments of its transaction, and of the one that its payment would have alone.</param>
    internal LedgerRow Of(Payment[] carried)
    {
        // A restored database may know one payment of several: the others are not taken for it.
        var payment =
            PaymentTag is { } tag ? Array.Find(carried, p => p.Tag == tag)
            : carried is [var only] ? only
            : null;
        var isWithdrawal = (payment ?? carried.FirstOrDefault())?.Kind is PaymentKind.Withdrawal;
        return this with
        {
            Kind =
                Kind is not "PAYMENT" ? Kind
                : isWithdrawal ? "WITHDRAWAL"
                : "SETTLEMENT",
            PaymentId = payment?.Id,
        };
    }
}
