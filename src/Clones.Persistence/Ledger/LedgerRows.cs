using System.Buffers.Binary;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Ledger;

/// <summary>The database of reservations and what the chain has shown, in one list.</summary>
public static class LedgerRows
{
    // What each branch gives, from the newest on: by its index no more than a page, and what bears the same time as the last of it.
    private static readonly string Page = $$"""
        WITH entries AS (
            (SELECT r.created_at AS at, 'RESERVATION' AS kind, r.mint, -r.amount AS amount, NULL::text AS signature, NULL::numeric AS slot,
                    r.transaction_id, NULL::int AS attempt, NULL::text AS destination, false AS failed,
                    {{SortKey("r.created_at", "'made ' || r.id")}} AS sort_key
                FROM wallet_reservations r
                WHERE r.wallet_id = {0} AND r.amount > 0 AND r.created_at <= {2} AND {{SortKey("r.created_at", "'made ' || r.id")}} < {1}
                ORDER BY r.created_at DESC FETCH FIRST ({3}) ROWS WITH TIES)
            UNION ALL
            (SELECT r.released_at, 'RELEASE', r.mint, r.amount, NULL, NULL, r.transaction_id, NULL, NULL, false,
                    {{SortKey("r.released_at", "'released ' || r.id")}}
                FROM wallet_reservations r
                WHERE r.wallet_id = {0} AND r.amount > 0 AND r.released_at <= {2} AND {{SortKey(
            "r.released_at",
            "'released ' || r.id"
        )}} < {1}
                ORDER BY r.released_at DESC FETCH FIRST ({3}) ROWS WITH TIES)
            UNION ALL
            (SELECT {{MovedAt}}, m.kind, m.mint, m.delta, m.signature, m.slot, m.transaction_id, m.attempt_number, m.destination, m.failed,
                    {{SortKey(MovedAt, "m.signature || ' ' || m.ordinal")}}
                FROM wallet_movements m
                WHERE m.wallet_id = {0} AND m.kind <> 'NONE' AND {{MovedAt}} <= {2} AND {{SortKey(
            MovedAt,
            "m.signature || ' ' || m.ordinal"
        )}} < {1}
                ORDER BY {{MovedAt}} DESC FETCH FIRST ({3}) ROWS WITH TIES)
        ), page AS (
            SELECT * FROM entries ORDER BY sort_key DESC LIMIT {3}
        )
        SELECT k.sort_key, k.at, k.mint, k.amount, k.signature, k.slot, k.transaction_id, k.attempt, k.destination, k.failed,
            CASE WHEN k.kind = 'PAYMENT' AND p.kind = 'WITHDRAWAL' THEN 'WITHDRAWAL' WHEN k.kind = 'PAYMENT' THEN 'SETTLEMENT' ELSE k.kind END
                AS kind,
            p.id AS payment_id
        FROM page k
        LEFT JOIN LATERAL (
            SELECT min(p.kind) AS kind, CASE WHEN count(*) = 1 THEN min(p.id::text)::uuid END AS id
            FROM payments p WHERE p.transaction_id = k.transaction_id
        ) p ON true
        ORDER BY k.sort_key DESC
        """;

    // As the index of the migration GrownTables has it.
    private const string MovedAt = "coalesce(to_timestamp(m.block_time), m.recorded_at)";

    private static readonly DateTime Latest = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
    private static readonly Guid Newest = new([.. Enumerable.Repeat(byte.MaxValue, 16)]);

    /// <param name="after">Sort key of the last entry of the page before; null begins with the newest.</param>
    public static Task<List<LedgerRow>> ReadLedgerAsync(
        this ClonesDbContext db,
        Guid walletId,
        Guid? after,
        int count,
        CancellationToken cancellationToken
    ) =>
        db
            .Database.SqlQueryRaw<LedgerRow>(Page, walletId, after ?? Newest, after is { } last ? TimeOf(last) : Latest, count)
            .ToListAsync(cancellationToken);

    /// <summary>The time in microseconds and a hash of what the entry is: an order that never changes, in the shape of an id.</summary>
    private static string SortKey(string at, string name) =>
        $"(lpad(to_hex((extract(epoch FROM {at}) * 1000000)::bigint), 16, '0') || substr(md5({name}), 1, 16))::uuid";

    private static DateTime TimeOf(Guid sortKey) =>
        DateTime.UnixEpoch.AddMicroseconds(BinaryPrimitives.ReadInt64BigEndian(sortKey.ToByteArray(bigEndian: true)));
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
    Guid? PaymentId,
    string? Destination,
    bool Failed
);
