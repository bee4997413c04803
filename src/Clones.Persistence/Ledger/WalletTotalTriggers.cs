namespace Clones.Persistence.Ledger;

/// <summary>How <c>wallet_totals</c> follows <c>wallet_movements</c>: in the same commit, whoever writes them.</summary>
internal static class WalletTotalTriggers
{
    // Rows are taken in one order, so that two who write several wallets never wait for each other.
    public const string Create = """
        CREATE FUNCTION wallet_totals_follow() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                DELETE FROM wallet_totals;
            END IF;
            IF TG_OP IN ('DELETE', 'UPDATE') THEN
                INSERT INTO wallet_totals AS t (wallet_id, mint, total)
                    SELECT m.wallet_id, coalesce(m.mint, ''), -sum(m.delta) FROM gone m GROUP BY 1, 2 ORDER BY 1, 2
                    ON CONFLICT (wallet_id, mint) DO UPDATE SET total = t.total + excluded.total;
            END IF;
            IF TG_OP IN ('INSERT', 'UPDATE') THEN
                INSERT INTO wallet_totals AS t (wallet_id, mint, total)
                    SELECT m.wallet_id, coalesce(m.mint, ''), sum(m.delta) FROM added m GROUP BY 1, 2 ORDER BY 1, 2
                    ON CONFLICT (wallet_id, mint) DO UPDATE SET total = t.total + excluded.total;
            END IF;
            RETURN NULL;
        END $body$;

        CREATE TRIGGER wallet_totals_insert AFTER INSERT ON wallet_movements REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION wallet_totals_follow();
        CREATE TRIGGER wallet_totals_delete AFTER DELETE ON wallet_movements REFERENCING OLD TABLE AS gone
            FOR EACH STATEMENT EXECUTE FUNCTION wallet_totals_follow();
        CREATE TRIGGER wallet_totals_update AFTER UPDATE ON wallet_movements REFERENCING OLD TABLE AS gone NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION wallet_totals_follow();
        CREATE TRIGGER wallet_totals_truncate AFTER TRUNCATE ON wallet_movements
            FOR EACH STATEMENT EXECUTE FUNCTION wallet_totals_follow();
        """;
}
