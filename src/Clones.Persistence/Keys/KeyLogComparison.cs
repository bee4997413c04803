using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Keys;

/// <summary>A transaction for which a key was opened more or less often than it signed.</summary>
public sealed record OpeningsRow(Guid TransactionId, string Purpose, Guid? KeyId, long Opened, long Signed);

/// <summary>A key that is stored under another master key than the log has last.</summary>
public sealed record StoredUnlikeLogRow(string Purpose, Guid KeyId, string Address, string MasterKey, string? ToKey);

/// <summary>The log of the keys beside what is stored and what was signed.</summary>
public static class KeyLogComparison
{
    // Attempts that the database learnt from the chain were signed by a database that is gone (a restore): their openings went with it. Where the
    // owner pays, the mint alone signs, when it is prepared.
    private const string OpeningsAgainstSignatures = """
        WITH begun AS (SELECT min(occurred_at) AS at FROM wallet_key_events),
        opened AS (
            SELECT transaction_id, purpose, key_id, count(*) AS times FROM wallet_key_events WHERE kind = 'OPENED' AND transaction_id IS NOT NULL
            GROUP BY transaction_id, purpose, key_id),
        signed AS (
            SELECT a.transaction_id, t.wallet_id, t.agent_id, t.kind,
                count(*) FILTER (WHERE a.payer = 'DEPOSIT_WALLET') AS by_wallet, count(*) AS by_mint,
                count(*) FILTER (WHERE a.evidence::text LIKE '%"RECOVERED"%') AS adopted
            FROM transaction_attempts a JOIN transactions t ON t.id = a.transaction_id, begun
            WHERE a.created_at >= begun.at
                AND CASE a.payer WHEN 'DEPOSIT_WALLET' THEN a.wire_bytes IS NOT NULL ELSE a.mint_signature IS NOT NULL END
            GROUP BY a.transaction_id, t.wallet_id, t.agent_id, t.kind),
        due AS (
            SELECT transaction_id, 'deposit' AS purpose, wallet_id AS key_id, by_wallet AS times, adopted FROM signed WHERE by_wallet > 0
            UNION ALL
            SELECT transaction_id, 'mint', agent_id, by_mint, adopted FROM signed WHERE kind = 'TOKEN_CREATION')
        SELECT coalesce(o.transaction_id, d.transaction_id) AS transaction_id, coalesce(o.purpose, d.purpose) AS purpose,
            coalesce(o.key_id, d.key_id) AS key_id, coalesce(o.times, 0) AS opened, coalesce(d.times, 0) AS signed
        FROM opened o FULL JOIN due d USING (transaction_id, purpose, key_id)
        WHERE coalesce(o.times, 0) > coalesce(d.times, 0) OR coalesce(o.times, 0) < coalesce(d.times, 0) - coalesce(d.adopted, 0)
        LIMIT 1000
        """;

    private const string StoredAgainstLog = """
        WITH begun AS (SELECT min(occurred_at) AS at FROM wallet_key_events),
        stored AS (
            SELECT 'deposit' AS purpose, id AS key_id, address, master_key, created_at FROM deposit_wallets
            UNION ALL SELECT 'mint', agent_id, mint, master_key, created_at FROM mint_keys),
        told AS (
            SELECT DISTINCT ON (purpose, key_id) purpose, key_id, to_key FROM wallet_key_events
            WHERE to_key IS NOT NULL AND key_id IS NOT NULL ORDER BY purpose, key_id, sequence DESC)
        SELECT s.purpose, s.key_id, s.address, s.master_key, t.to_key FROM stored s CROSS JOIN begun LEFT JOIN told t USING (purpose, key_id)
        WHERE (t.to_key IS NULL AND s.created_at >= begun.at) OR (t.to_key IS NOT NULL AND t.to_key <> s.master_key)
        LIMIT 1000
        """;

    public static Task<List<OpeningsRow>> OpeningsUnlikeSignaturesAsync(this ClonesDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQueryRaw<OpeningsRow>(OpeningsAgainstSignatures).ToListAsync(cancellationToken);

    public static Task<List<StoredUnlikeLogRow>> StoredUnlikeLogAsync(this ClonesDbContext db, CancellationToken cancellationToken) =>
        db.Database.SqlQueryRaw<StoredUnlikeLogRow>(StoredAgainstLog).ToListAsync(cancellationToken);
}
