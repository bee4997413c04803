using System.Buffers.Binary;
using Clones.Domain.Payments;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Ledger;

/// <summary>The database of reservations and what the chain has shown, in one list.</summary>
public static class LedgerRows
{
    // As the index of the migration has it.
    private const string MovedAt = "coalesce(to_timestamp(m.block_time), m.recorded_at)";

    private static readonly string Made = SortKey("r.created_at", "'made ' || r.id");
    private static readonly string Released = SortKey("r.released_at", "'released ' || r.id");
    private static readonly string Moved = SortKey(MovedAt, "m.signature || ' ' || m.ordinal");

    // What each branch gives, from the newest on: by its index no more than a page, and what bears the same time as the last of it.
    private static readonly string Page = $$"""
        WITH entries AS (
            (SELECT r.created_at AS at, 'RESERVATION' AS kind, r.mint, -r.amount AS amount, NULL::text AS signature, NULL::numeric AS slot,
                    r.transaction_id, NULL::int AS attempt, NULL::uuid AS payment_tag, NULL::text AS destination, false AS failed,
                    {{Made}} AS sort_key
                FROM wallet_reservations r
                WHERE r.wallet_id = {0} AND r.amount > 0 AND r.created_at <= {2} AND {{Made}} < {1}
                ORDER BY r.created_at DESC FETCH FIRST ({3}) ROWS WITH TIES)
            UNION ALL
            (SELECT r.released_at, 'RELEASE', r.mint, r.amount, NULL, NULL, r.transaction_id, NULL, NULL, NULL, false, {{Released}}
                FROM wallet_reservations r
                WHERE r.wallet_id = {0} AND r.amount > 0 AND r.released_at <= {2} AND {{Released}} < {1}
                ORDER BY r.released_at DESC FETCH FIRST ({3}) ROWS WITH TIES)
            UNION ALL
            (SELECT {{MovedAt}}, m.kind, m.mint, m.delta, m.signature, m.slot, m.transaction_id, m.attempt_number, m.payment_tag, m.destination,
                    m.failed, {{Moved}}
                FROM wallet_movements m
                WHERE m.wallet_id = {0} AND m.kind <> 'NONE' AND {{MovedAt}} <= {2} AND {{Moved}} < {1}
                ORDER BY {{MovedAt}} DESC FETCH FIRST ({3}) ROWS WITH TIES)
        )
        SELECT e.*, NULL::uuid AS payment_id FROM entries e ORDER BY e.sort_key DESC LIMIT {3}
        """;

    private static readonly DateTime Latest = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
    private static readonly Guid Newest = new([.. Enumerable.Repeat(byte.MaxValue, 16)]);

    /// <param name="after">Sort key of the last entry of the page before; null begins with the newest.</param>
    public static async Task<List<LedgerRow>> ReadLedgerAsync(
        this ClonesDbContext db,
        Guid walletId,
        Guid? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var rows = await db
            .Database.SqlQueryRaw<LedgerRow>(Page, walletId, after ?? Newest, after is { } last ? TimeOf(last) : Latest, count)
            .ToListAsync(cancellationToken);
        return await db.WithPaymentsAsync(rows, cancellationToken);
    }

    /// <summary>The time in microseconds and a hash of what the entry is: an order that never changes, in the shape of an id.</summary>
    private static string SortKey(string at, string name) =>
        $"(lpad(to_hex((extract(epoch FROM {at}) * 1000000)::bigint), 16, '0') || substr(md5({name}), 1, 16))::uuid";

    private static DateTime TimeOf(Guid sortKey) =>
        DateTime.UnixEpoch.AddMicroseconds(BinaryPrimitives.ReadInt64BigEndian(sortKey.ToByteArray(bigEndian: true)));

    private static async Task<List<LedgerRow>> WithPaymentsAsync(
        this ClonesDbContext db,
        List<LedgerRow> rows,
        CancellationToken cancellationToken
    )
    {
        // The payments of a rejected batch have left it, and one that went on alone is in the transaction of its tag.
        Guid?[] ids = [.. rows.SelectMany(r => new[] { r.TransactionId, r.PaymentTag }).Where(id => id is not null).Distinct()];
        var payments = (
            await db
                .Payments.AsNoTracking()
                .Where(p => p.TransactionId != null && ids.Contains(p.TransactionId))
                .ToListAsync(cancellationToken)
        ).ToLookup(p => p.TransactionId!.Value);
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
