using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Clones.Domain;
using Clones.Domain.Keys;

namespace Clones.Persistence.Keys;

/// <summary>
/// How the rows of <c>wallet_key_events</c> hang together: hash = SHA-256, in lower case hex, of the fields below as UTF-8, one to a line. The
/// database computes it in a deferred trigger, which lets one commit after another add to the chain; this is the same, to verify it.
/// </summary>
public static class KeyEventChain
{
    /// <summary>What the first row follows.</summary>
    public static readonly string Origin = new('0', 64);

    public static string HashOf(WalletKeyEvent row)
    {
        ArgumentNullException.ThrowIfNull(row);
        string[] fields =
        [
            row.PreviousHash ?? "",
            (row.Sequence ?? 0).ToString(CultureInfo.InvariantCulture),
            Microseconds(row.OccurredAt).ToString(CultureInfo.InvariantCulture),
            row.Purpose,
            row.KeyId?.ToString("D") ?? "",
            row.Address ?? "",
            UpperSnakeCase.From(row.Kind),
            row.FromKey ?? "",
            row.ToKey ?? "",
            row.TransactionId?.ToString("D") ?? "",
            row.Detail ?? "",
        ];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', fields))));
    }

    private static long Microseconds(DateTimeOffset time) =>
        (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>
    /// A row may not bring its own place in the chain: one with the highest number there is would leave none for the next. A dump is restored
    /// before its triggers are made; one of data alone needs <c>pg_restore --disable-triggers</c>.
    /// </summary>
    internal const string FreshRows = """
        CREATE FUNCTION wallet_key_events_fresh() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF NEW.sequence IS NOT NULL OR NEW.previous_hash IS NOT NULL OR NEW.hash IS NOT NULL THEN
                RAISE EXCEPTION 'wallet_key_events numbers its rows itself';
            END IF;
            RETURN NEW;
        END $body$;

        CREATE TRIGGER wallet_key_events_fresh BEFORE INSERT ON wallet_key_events
            FOR EACH ROW EXECUTE FUNCTION wallet_key_events_fresh();
        """;

    /// <summary>What the migration makes: the functions and triggers of the chain.</summary>
    internal const string Triggers = """
        CREATE FUNCTION wallet_key_events_chain() RETURNS trigger LANGUAGE plpgsql AS $body$
        DECLARE
            before_hash text := repeat('0', 64);
            before_sequence bigint := 0;
        BEGIN
            IF NEW.sequence IS NOT NULL THEN
                RETURN NULL; -- restored from a dump
            END IF;
            -- At the commit, and for no longer than it takes.
            PERFORM pg_advisory_xact_lock(hashtextextended('wallet_key_events', 0));
            SELECT e.sequence, e.hash INTO before_sequence, before_hash
                FROM wallet_key_events e WHERE e.sequence IS NOT NULL ORDER BY e.sequence DESC LIMIT 1;
            before_sequence := coalesce(before_sequence, 0);
            before_hash := coalesce(before_hash, repeat('0', 64));
            UPDATE wallet_key_events SET
                sequence = before_sequence + 1,
                previous_hash = before_hash,
                hash = encode(sha256(convert_to(concat_ws(E'\n',
                    before_hash,
                    (before_sequence + 1)::text,
                    ((extract(epoch FROM NEW.occurred_at) * 1000000)::bigint)::text,
                    NEW.purpose,
                    coalesce(NEW.key_id::text, ''),
                    coalesce(NEW.address, ''),
                    NEW.kind,
                    coalesce(NEW.from_key, ''),
                    coalesce(NEW.to_key, ''),
                    coalesce(NEW.transaction_id::text, ''),
                    coalesce(NEW.detail, '')), 'UTF8')), 'hex')
                WHERE id = NEW.id;
            RETURN NULL;
        END $body$;

        CREATE CONSTRAINT TRIGGER wallet_key_events_chain AFTER INSERT ON wallet_key_events
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wallet_key_events_chain();

        CREATE FUNCTION wallet_key_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.sequence IS NULL AND NEW.sequence IS NOT NULL AND pg_trigger_depth() > 1 THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'wallet_key_events is append-only: % refused', TG_OP;
        END $body$;

        CREATE TRIGGER wallet_key_events_no_change BEFORE UPDATE OR DELETE ON wallet_key_events
            FOR EACH ROW EXECUTE FUNCTION wallet_key_events_append_only();
        CREATE TRIGGER wallet_key_events_no_truncate BEFORE TRUNCATE ON wallet_key_events
            FOR EACH STATEMENT EXECUTE FUNCTION wallet_key_events_append_only();

        INSERT INTO wallet_key_events (occurred_at, purpose, kind) VALUES (now(), 'master', 'LOG_BEGUN');
        """;
}
