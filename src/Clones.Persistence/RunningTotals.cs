namespace Clones.Persistence;

/// <summary>Tables that add up others by wallet and mint: in the same commit, whoever writes them, so that nobody adds up a long list.</summary>
internal static class RunningTotals
{
    /// <summary>What the movements of a wallet add up to.</summary>
    public static string OfMovements() => Create("wallet_totals", "wallet_movements", "delta", "true");

    /// <summary>What is reserved of a wallet and not yet given back.</summary>
    public static string OfReservations() => Create("reserved_totals", "wallet_reservations", "amount", "released_at IS NULL");

    // Rows are taken in one order, so that two who write several wallets never wait for each other.
    private static string Create(string totals, string rows, string amount, string counts) =>
        $"""
            CREATE FUNCTION {totals}_follow() RETURNS trigger LANGUAGE plpgsql AS $body$
            BEGIN
                IF TG_OP = 'TRUNCATE' THEN
                    DELETE FROM {totals};
                END IF;
                IF TG_OP IN ('DELETE', 'UPDATE') THEN
                    INSERT INTO {totals} AS t (wallet_id, mint, total)
                        SELECT wallet_id, coalesce(mint, ''), -sum({amount}) FROM gone WHERE {counts} GROUP BY 1, 2 ORDER BY 1, 2
                        ON CONFLICT (wallet_id, mint) DO UPDATE SET total = t.total + excluded.total;
                END IF;
                IF TG_OP IN ('INSERT', 'UPDATE') THEN
                    INSERT INTO {totals} AS t (wallet_id, mint, total)
                        SELECT wallet_id, coalesce(mint, ''), sum({amount}) FROM added WHERE {counts} GROUP BY 1, 2 ORDER BY 1, 2
                        ON CONFLICT (wallet_id, mint) DO UPDATE SET total = t.total + excluded.total;
                END IF;
                RETURN NULL;
            END $body$;

            CREATE TRIGGER {totals}_insert AFTER INSERT ON {rows} REFERENCING NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION {totals}_follow();
            CREATE TRIGGER {totals}_delete AFTER DELETE ON {rows} REFERENCING OLD TABLE AS gone
                FOR EACH STATEMENT EXECUTE FUNCTION {totals}_follow();
            CREATE TRIGGER {totals}_update AFTER UPDATE ON {rows} REFERENCING OLD TABLE AS gone NEW TABLE AS added
                FOR EACH STATEMENT EXECUTE FUNCTION {totals}_follow();
            CREATE TRIGGER {totals}_truncate AFTER TRUNCATE ON {rows}
                FOR EACH STATEMENT EXECUTE FUNCTION {totals}_follow();
            """;
}
