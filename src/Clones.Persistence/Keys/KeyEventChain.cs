using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Clones.Domain;
using Clones.Domain.Keys;
using Microsoft.EntityFrameworkCore;

namespace Clones.Persistence.Keys;

/// <summary>
/// How the rows of <c>wallet_key_events</c> hang together: hash = SHA-256, in lower case hex, of the fields below as UTF-8, one to a line. The
/// database computes it; this is the same, to verify it.
/// </summary>
public static class KeyEventChain
{
    // A flood does not make one long commit.
    private const int GroupMax = 1_000;

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
    /// What the migration makes. A row is written without its place in the chain, by as many as sign at the same time; <c>wallet_key_events_link</c>
    /// gives committed rows their places, a group at once. Were they chained at their commits, every signature would wait for the commit of another.
    /// A row may not bring its own place: one with the highest number there is would leave none for the next. A dump is restored before its
    /// triggers are made; one of data alone needs <c>pg_restore --disable-triggers</c>.
    /// </summary>
    internal const string Create = """
        CREATE FUNCTION wallet_key_events_hash(of wallet_key_events) RETURNS text LANGUAGE sql STABLE AS $body$
            SELECT encode(sha256(convert_to(concat_ws(E'\n',
                of.previous_hash,
                of.sequence::text,
                ((extract(epoch FROM of.occurred_at) * 1000000)::bigint)::text,
                of.purpose,
                coalesce(of.key_id::text, ''),
                coalesce(of.address, ''),
                of.kind,
                coalesce(of.from_key, ''),
                coalesce(of.to_key, ''),
                coalesce(of.transaction_id::text, ''),
                coalesce(of.detail, '')), 'UTF8')), 'hex')
        $body$;

        -- One at a time: who comes while another links has nothing to do, or waits for it to end where it must know all rows linked.
        CREATE FUNCTION wallet_key_events_link(at_most integer, must_wait boolean) RETURNS integer LANGUAGE plpgsql AS $body$
        DECLARE
            linked wallet_key_events;
            before_hash text;
            before_sequence bigint;
            count integer := 0;
        BEGIN
            IF must_wait THEN
                PERFORM pg_advisory_xact_lock(hashtextextended('wallet_key_events', 0));
            ELSIF NOT pg_try_advisory_xact_lock(hashtextextended('wallet_key_events', 0)) THEN
                RETURN 0;
            END IF;
            SELECT e.sequence, e.hash INTO before_sequence, before_hash
                FROM wallet_key_events e WHERE e.sequence IS NOT NULL ORDER BY e.sequence DESC LIMIT 1;
            before_sequence := coalesce(before_sequence, 0);
            before_hash := coalesce(before_hash, repeat('0', 64));
            FOR linked IN SELECT * FROM wallet_key_events WHERE sequence IS NULL ORDER BY id LIMIT at_most LOOP
                linked.sequence := before_sequence + 1;
                linked.previous_hash := before_hash;
                linked.hash := wallet_key_events_hash(linked);
                UPDATE wallet_key_events SET sequence = linked.sequence, previous_hash = linked.previous_hash, hash = linked.hash
                    WHERE id = linked.id;
                before_sequence := linked.sequence;
                before_hash := linked.hash;
                count := count + 1;
            END LOOP;
            RETURN count;
        END $body$;

        -- The one change there is: a row gets its place, which must follow the row before it, and nothing else of it changes.
        CREATE FUNCTION wallet_key_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
        DECLARE
            bare wallet_key_events;
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.sequence IS NULL AND NEW.sequence IS NOT NULL THEN
                bare := NEW;
                bare.sequence := NULL;
                bare.previous_hash := NULL;
                bare.hash := NULL;
                IF bare IS NOT DISTINCT FROM OLD AND NEW.hash = wallet_key_events_hash(NEW) AND NEW.previous_hash = coalesce(
                    (SELECT e.hash FROM wallet_key_events e WHERE e.sequence = NEW.sequence - 1),
                    CASE NEW.sequence WHEN 1 THEN repeat('0', 64) END)
                THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'wallet_key_events is append-only: % refused', TG_OP;
        END $body$;

        CREATE FUNCTION wallet_key_events_fresh() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF NEW.sequence IS NOT NULL OR NEW.previous_hash IS NOT NULL OR NEW.hash IS NOT NULL THEN
                RAISE EXCEPTION 'wallet_key_events numbers its rows itself';
            END IF;
            RETURN NEW;
        END $body$;

        CREATE TRIGGER wallet_key_events_fresh BEFORE INSERT ON wallet_key_events
            FOR EACH ROW EXECUTE FUNCTION wallet_key_events_fresh();
        CREATE TRIGGER wallet_key_events_no_change BEFORE UPDATE OR DELETE ON wallet_key_events
            FOR EACH ROW EXECUTE FUNCTION wallet_key_events_append_only();
        CREATE TRIGGER wallet_key_events_no_truncate BEFORE TRUNCATE ON wallet_key_events
            FOR EACH STATEMENT EXECUTE FUNCTION wallet_key_events_append_only();

        INSERT INTO wallet_key_events (occurred_at, purpose, kind) VALUES (now(), 'master', 'LOG_BEGUN');
        SELECT wallet_key_events_link(1, true);
        """;

    /// <summary>Gives a place in the chain to every row that is committed by now, those that another is about to link too.</summary>
    /// <param name="db">Outside of a database transaction: each group is a commit of its own.</param>
    /// <param name="cancellationToken">Ends it between two groups.</param>
    public static async Task LinkAllKeyEventsAsync(this ClonesDbContext db, CancellationToken cancellationToken)
    {
        while (await db.LinkKeyEventsAsync(GroupMax, mustWait: true, cancellationToken) == GroupMax) { }
    }

    /// <summary>One group, oldest first; nothing where another links at this moment.</summary>
    /// <inheritdoc cref="LinkAllKeyEventsAsync" path="/param"/>
    /// <returns>Whether there may be more.</returns>
    public static async Task<bool> TryLinkKeyEventsAsync(this ClonesDbContext db, CancellationToken cancellationToken) =>
        await db.LinkKeyEventsAsync(GroupMax, mustWait: false, cancellationToken) == GroupMax;

    internal static Task<int> LinkKeyEventsAsync(this ClonesDbContext db, int atMost, bool mustWait, CancellationToken cancellationToken) =>
        db.Database.SqlQuery<int>($"""SELECT wallet_key_events_link({atMost}, {mustWait}) AS "Value" """).SingleAsync(cancellationToken);
}
