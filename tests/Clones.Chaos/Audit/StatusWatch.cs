using Clones.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Clones.Chaos.Audit;

/// <param name="What">Table.</param>
/// <param name="RowId">The row's id; of an attempt its transaction's and its number.</param>
/// <param name="Kind">Of a transaction; empty for others.</param>
internal sealed record StatusChange(string What, string RowId, string Kind, string From, string To);

/// <summary>Triggers in the run's own database that write down every change of a status, whoever makes it and however.</summary>
internal static class StatusWatch
{
    public static async Task SetAsync(string database, CancellationToken cancellationToken)
    {
        await using var db = DatabaseReading.Open(database);
        await db.Database.ExecuteSqlRawAsync(
            """
            CREATE TABLE chaos_changes (id bigint GENERATED ALWAYS AS IDENTITY, what text, row_id text, kind text, from_status text, to_status text);
            CREATE FUNCTION chaos_note() RETURNS trigger LANGUAGE plpgsql AS $note$
            BEGIN
                IF OLD.status IS DISTINCT FROM NEW.status THEN
                    INSERT INTO chaos_changes (what, row_id, kind, from_status, to_status)
                    VALUES (TG_TABLE_NAME,
                        coalesce(to_jsonb(NEW)->>'id', (to_jsonb(NEW)->>'transaction_id') || ':' || (to_jsonb(NEW)->>'number')),
                        coalesce(to_jsonb(NEW)->>'kind', ''), OLD.status, NEW.status);
                END IF;
                RETURN NULL;
            END $note$;
            CREATE TRIGGER chaos_note AFTER UPDATE ON transactions FOR EACH ROW EXECUTE FUNCTION chaos_note();
            CREATE TRIGGER chaos_note AFTER UPDATE ON transaction_attempts FOR EACH ROW EXECUTE FUNCTION chaos_note();
            CREATE TRIGGER chaos_note AFTER UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION chaos_note();
            """,
            cancellationToken
        );
    }

    public static async Task<IReadOnlyList<StatusChange>> ReadAsync(ClonesDbContext db, CancellationToken cancellationToken) =>
        await db
            .Database.SqlQuery<StatusChange>(
                $"""SELECT what, row_id, kind, from_status AS "from", to_status AS "to" FROM chaos_changes ORDER BY id"""
            )
            .ToListAsync(cancellationToken);
}
