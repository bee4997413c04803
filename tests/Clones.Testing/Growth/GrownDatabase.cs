using System.Globalization;
using Npgsql;

namespace Clones.Testing.Growth;

/// <summary>
/// Fills a migrated database with what years of use leave: consistent rows of every table that a finished payment or a deployed agent leaves,
/// spread over 180 days. Set-based, within the server, with indexes made afterwards. The wallets are as empty on chain as their ledgers say, so
/// that workers find nothing to do there.
/// </summary>
/// <param name="size">How much.</param>
/// <param name="mint">Of the token that every second training pool pays in, which must exist on the cluster; null: all pay in SOL.</param>
public sealed class GrownDatabase(GrowthSize size, string? mint = null)
{
    /// <summary>Of the key that made the payments.</summary>
    public const string Caller = "api-key:00000000-0000-7000-8000-000000000001";

    /// <summary>Payments come to them by turns.</summary>
    private const int Recipients = 20_000;
    private const int PoolsPerOwner = 5;
    private const int EndpointsEvery = 20;
    private const int PaymentsPerTransaction = 12;
    private const int LinkAtOnce = 20_000;

    /// <summary>Every finished payment of the database has such a reference.</summary>
    public static string ReferenceOf(int payment) => $"order-{payment}";

    /// <summary>Whether this wallet or mint is one of those that nobody has a key to: a real one of this form does not occur.</summary>
    public static bool HasMade(string address) => address is ['G', .. var rest] && rest.All(c => char.IsAsciiHexDigitLower(c) || c == 'x');

    /// <param name="connectionString">Of an administrator.</param>
    /// <param name="say">Told what is written now.</param>
    public async Task FillAsync(string connectionString, Action<string>? say = null)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0, Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        // Foreign keys and triggers are not asked: the rows are made to fit.
        await ExecuteAsync(
            connection,
            "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'"
        );
        var indexes = await TakeIndexesAsync(connection);
        await ExecuteAsync(connection, Functions);
        foreach (var (table, sql) in Rows())
        {
            say?.Invoke(table);
            await ExecuteAsync(connection, sql);
        }
        say?.Invoke("indexes");
        foreach (var index in indexes)
        {
            await ExecuteAsync(connection, index);
        }
        await ExecuteAsync(connection, "SET session_replication_role = origin; DROP SCHEMA grown CASCADE");
        say?.Invoke("chain of the key log");
        while (await LinkAsync(connection) == LinkAtOnce) { }
        say?.Invoke("statistics");
        await ExecuteAsync(connection, "VACUUM (ANALYZE)");
    }

    private static async Task<int> LinkAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand($"SELECT wallet_key_events_link({LinkAtOnce}, true)", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Drops the indexes that rows are not made by, and those that random keys would fill slowly.</summary>
    /// <returns>The statements that make them again.</returns>
    private static async Task<IReadOnlyList<string>> TakeIndexesAsync(NpgsqlConnection connection)
    {
        var taken = new List<(string Drop, string Make)>();
        await using (
            var command = new NpgsqlCommand(
                """
                SELECT format('DROP INDEX %I', c.relname), pg_get_indexdef(i.indexrelid)
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
                UNION ALL
                SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
                    format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
                FROM pg_constraint k
                WHERE k.contype = 'p' AND k.conrelid::regclass::text = ANY ('{wallet_movements,on_chain_transactions,inbox_state,reward_decisions}')
                """,
                connection
            )
        )
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                taken.Add((reader.GetString(0), reader.GetString(1)));
            }
        }
        foreach (var (drop, _) in taken)
        {
            await ExecuteAsync(connection, drop);
        }
        return [.. taken.Select(t => t.Make)];
    }

    // An address is 43 characters that decode to 32 bytes, a signature 87 that decode to 64: of what a hash gives, without a zero.
    private const string Functions = """
        CREATE SCHEMA grown;
        CREATE FUNCTION grown.address(kind text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
            $$ SELECT 'G' || translate(md5(kind || n) || substr(md5(n || kind), 1, 10), '0', 'x') $$;
        CREATE FUNCTION grown.signature(kind text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
            $$ SELECT '5' || translate(md5(kind || n) || md5(n || kind) || substr(md5(n || kind || n), 1, 22), '0', 'x') $$;
        CREATE FUNCTION grown.id(kind text, n bigint, made timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
            SELECT (lpad(to_hex(us / 1000), 12, '0') || '7' || lpad(to_hex(us % 1000 * 4096 / 1000), 3, '0') || '8' || substr(md5(kind || n), 1, 15))::uuid
            FROM (SELECT (extract(epoch FROM made) * 1000000)::bigint AS us) t $$;
        -- Random bytes: what is signed does not compress.
        CREATE FUNCTION grown.bytes(n bigint, blocks int) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
            $$ SELECT string_agg(sha512(convert_to(n || ':' || b, 'UTF8')), ''::bytea) FROM generate_series(1, blocks) b $$;
        """;

    private IEnumerable<(string Table, string Sql)> Rows()
    {
        var token = mint is null ? "NULL" : $"'{mint}'";
        var mintOf = $"CASE WHEN w.n % 2 = 1 THEN {token} END";
        yield return (
            "plan",
            $$"""
            CREATE UNLOGGED TABLE grown.wallets AS
                SELECT n, grown.id('wallet', n, made) AS id, grown.id('pool', n, made) AS pool_id, grown.address('wallet', n) AS address,
                    grown.address('owner', n / {{PoolsPerOwner}}) AS owner, {{mintOf.Replace("w.n", "n")}} AS mint, made
                FROM (SELECT n, now() - interval '181 days' + n * interval '1 millisecond' AS made FROM generate_series(0, {{Wallets}} - 1) n) t;
            ALTER TABLE grown.wallets ADD PRIMARY KEY (n);
            -- A few pools pay much and most pay little, as it is.
            CREATE UNLOGGED TABLE grown.transactions AS
                SELECT k, grown.id('transaction', k, made) AS id, grown.signature('transaction', k) AS signature, made, k % 997 = 0 AS failed,
                    1 + k % 100 AS slot, least({{PaymentsPerTransaction}}, {{Payments}} - k * {{PaymentsPerTransaction}})::int AS payments,
                    ({{Wallets}} * power((hashint8extended(k, 7) & 1048575) / 1048576.0, 3))::bigint % {{Wallets}} AS wallet
                FROM (
                    SELECT k, now() - interval '1 hour' - (1 - k::float8 / {{Transactions}}) * interval '180 days' AS made
                    FROM generate_series(0::bigint, {{Transactions}} - 1) k) t;
            CREATE UNLOGGED TABLE grown.payments AS
                SELECT n, grown.id('payment', n, t.made + (n % 12) * interval '1 microsecond') AS id, t.k
                FROM grown.transactions t, generate_series(t.k * {{PaymentsPerTransaction}}, t.k * {{PaymentsPerTransaction}} + t.payments - 1) n;
            ANALYZE grown.wallets, grown.transactions, grown.payments;
            """
        );
        yield return (
            "training_pools, deposit_wallets",
            """
            INSERT INTO training_pools (id, owner_address, name, skills, deposit_wallet_id, token_symbol, mint, price_per_demo, status, created_at,
                    updated_at)
                SELECT pool_id, owner, 'Grown ' || n, '{grown}', id, CASE WHEN mint IS NULL THEN 'SOL' ELSE 'BENCH' END, mint, 1000000, 'NO_FUNDS', made, made
                FROM grown.wallets ORDER BY n;
            INSERT INTO deposit_wallets (id, training_pool_id, address, encrypted_private_key, settled_slot, balance_checked_at, history_read_at,
                    created_at)
                SELECT id, pool_id, address, 'k1:1:' || encode(grown.bytes(n, 2), 'base64'), 100, now(), now(), made FROM grown.wallets ORDER BY n;
            """
        );
        yield return (
            "transactions",
            """
            INSERT INTO transactions (id, kind, status, wallet_id, accepted_slot, attempt_number, preparation_failures, wake_ups, next_check_at,
                    created_at, settled_at)
                SELECT t.id, 'PAYMENT', CASE WHEN t.failed THEN 'FAILED' ELSE 'FINALIZED' END, w.id, t.slot, 1, 0, 0,
                    t.made + interval '60 seconds', t.made, t.made + interval '15 seconds'
                FROM grown.transactions t JOIN grown.wallets w ON w.n = t.wallet ORDER BY t.k;
            """
        );
        yield return (
            "payments",
            $"""
            INSERT INTO payments (id, kind, training_pool_id, wallet_id, transaction_id, recipient, mint, amount, status, caller, idempotency_key,
                    request_hash, reference, reason, signature, slot, created_at, completed_at, reserved_lamports)
                SELECT p.id, CASE WHEN p.n % 2 = 0 THEN 'REWARD' ELSE 'WITHDRAWAL' END, w.pool_id, w.id, t.id,
                    grown.address('recipient', p.n * 7919 % {Recipients}), w.mint, 1000, CASE WHEN t.failed THEN 'FAILED' ELSE 'COMPLETED' END,
                    '{Caller}', md5(p.n::text), sha256(convert_to(p.n::text, 'UTF8')), 'order-' || p.n,
                    CASE WHEN t.failed THEN 'The chain rejected it.' END, t.signature, t.slot, t.made + (p.n % 12) * interval '1 microsecond',
                    t.made + interval '15 seconds', 5000
                FROM grown.payments p JOIN grown.transactions t ON t.k = p.k JOIN grown.wallets w ON w.n = t.wallet ORDER BY p.n;
            """
        );
        yield return (
            "transaction_attempts",
            """
            INSERT INTO transaction_attempts (transaction_id, number, status, message_bytes, wire_bytes, signature, payer, blockhash,
                    last_valid_block_height, context_slot, genesis_hash, fee_lamports_max, send_count, last_sent_at, slot, error, created_at, closed_at)
                SELECT t.id, 1, CASE WHEN t.failed THEN 'FAILED' ELSE 'FINALIZED' END, substr(grown.bytes(t.k, 17), 66), grown.bytes(t.k, 17),
                    t.signature, 'DEPOSIT_WALLET', grown.address('hash', t.k / 100), 250, t.slot, grown.address('genesis', 0), 10000, 1,
                    t.made + interval '1 second', t.slot, CASE WHEN t.failed THEN '{"InstructionError":[2,{"Custom":1}]}'::jsonb END,
                    t.made + interval '1 second', t.made + interval '15 seconds'
                FROM grown.transactions t ORDER BY t.k;
            """
        );
        yield return (
            "on_chain_transactions",
            $$"""
            INSERT INTO on_chain_transactions (signature, wallet_id, transaction_id, attempt_number, slot, block_time, error, fee_lamports, wire_bytes,
                    genesis_hash, recorded_at, payment_tags)
                SELECT t.signature, w.id, t.id, 1, t.slot, extract(epoch FROM t.made)::bigint + 2,
                    CASE WHEN t.failed THEN '{"InstructionError":[2,{"Custom":1}]}' END, 5000, grown.bytes(t.k, 17), grown.address('genesis', 0),
                    t.made + interval '20 seconds',
                    CASE WHEN NOT t.failed AND t.payments > 1 THEN (SELECT array_agg(md5('tag' || n)::uuid)
                        FROM generate_series(t.k * {{PaymentsPerTransaction}}, t.k * {{PaymentsPerTransaction}} + t.payments - 1) n) END
                FROM grown.transactions t JOIN grown.wallets w ON w.n = t.wallet ORDER BY t.k;
            """
        );
        yield return (
            "wallet_movements",
            $$"""
            -- Of each payment its share of the fee, then its transfer; what failed has taken the fee alone.
            INSERT INTO wallet_movements (wallet_id, signature, ordinal, kind, mint, delta, slot, block_time, transaction_id, attempt_number,
                    payment_tag, destination, failed, recorded_at)
                SELECT w.id, t.signature, m.ordinal, CASE WHEN m.ordinal < t.payments THEN 'FEE' ELSE 'PAYMENT' END,
                    CASE WHEN m.ordinal >= t.payments THEN w.mint END,
                    CASE WHEN m.ordinal >= t.payments THEN -1000 ELSE -(5000 / t.payments) END, t.slot, extract(epoch FROM t.made)::bigint + 2,
                    t.id, 1, md5('tag' || t.k * {{PaymentsPerTransaction}} + m.ordinal % t.payments)::uuid,
                    CASE WHEN m.ordinal >= t.payments THEN grown.address('account', t.k + m.ordinal) END, t.failed,
                    t.made + interval '20 seconds'
                FROM grown.transactions t JOIN grown.wallets w ON w.n = t.wallet
                    CROSS JOIN LATERAL generate_series(0, t.payments * CASE WHEN t.failed THEN 1 ELSE 2 END - 1) AS m(ordinal)
                ORDER BY t.k;
            INSERT INTO wallet_movements (wallet_id, signature, ordinal, kind, mint, delta, slot, block_time, failed, recorded_at)
                SELECT s.wallet_id, grown.signature('deposit' || s.wallet_id, coalesce(length(s.mint), 0)), 0, 'DEPOSIT', s.mint, -s.delta, 1,
                    extract(epoch FROM now() - interval '181 days')::bigint, false, now() - interval '181 days'
                FROM (SELECT wallet_id, m.mint, sum(delta) AS delta FROM wallet_movements m JOIN grown.wallets w ON w.id = wallet_id GROUP BY 1, 2) s;
            INSERT INTO wallet_totals (wallet_id, mint, total)
                SELECT wallet_id, coalesce(m.mint, ''), sum(delta) FROM wallet_movements m JOIN grown.wallets w ON w.id = wallet_id GROUP BY 1, 2;
            INSERT INTO wallet_scans (wallet_id, address, slot, read_at)
                SELECT id, address, 100, now() FROM grown.wallets ORDER BY n;
            INSERT INTO wallet_comparisons (wallet_id, raising, compared_at) SELECT id, NULL, now() FROM grown.wallets ORDER BY n;
            """
        );
        yield return (
            "wallet_reservations",
            """
            INSERT INTO wallet_reservations (id, wallet_id, transaction_id, mint, amount, created_at, released_at)
                SELECT grown.id('lamports', t.k, t.made), w.id, t.id, NULL, CASE WHEN w.mint IS NULL THEN 6000 ELSE 5000 END * t.payments, t.made,
                    t.made + interval '15 seconds'
                FROM grown.transactions t JOIN grown.wallets w ON w.n = t.wallet ORDER BY t.k;
            INSERT INTO wallet_reservations (id, wallet_id, transaction_id, mint, amount, created_at, released_at)
                SELECT grown.id('tokens', t.k, t.made), w.id, t.id, w.mint, 1000 * t.payments, t.made, t.made + interval '15 seconds'
                FROM grown.transactions t JOIN grown.wallets w ON w.n = t.wallet WHERE w.mint IS NOT NULL ORDER BY t.k;
            """
        );
        yield return (
            "reward_decisions",
            """
            INSERT INTO reward_decisions (submission_id, training_pool_id, submitter, task_id, score, amount, reason, payment_id, decided_at)
                SELECT 'submission-' || p.n, p.training_pool_id, p.recipient, 'task-' || p.n % 50, 80, 1000, 'It scored 80.', p.id, p.created_at
                FROM (SELECT g.n, p.* FROM grown.payments g JOIN payments p ON p.id = g.id WHERE g.n % 2 = 0) p;
            """
        );
        yield return (
            "wallet_key_events",
            """
            INSERT INTO wallet_key_events (occurred_at, purpose, key_id, address, kind, to_key)
                SELECT made, 'deposit', id, address, 'CREATED', 'v1' FROM grown.wallets ORDER BY n;
            INSERT INTO wallet_key_events (occurred_at, purpose, key_id, address, kind, from_key, transaction_id)
                SELECT t.made + interval '1 second', 'deposit', w.id, w.address, 'OPENED', 'v1', t.id
                FROM grown.transactions t JOIN grown.wallets w ON w.n = t.wallet ORDER BY t.k;
            """
        );
        yield return (
            "inbox_state",
            """
            INSERT INTO inbox_state (message_id, consumer_id, keep_until, fingerprint)
                SELECT grown.id('message' || c, n, made), md5('consumer' || c)::uuid, made, hashint8extended(n, c)
                FROM (
                    SELECT t.made + (p.n % 12) * interval '1 microsecond' AS made, p.n, 1 AS c
                        FROM grown.payments p JOIN grown.transactions t ON t.k = p.k
                    UNION ALL
                    SELECT t.made, t.k, c FROM grown.transactions t, generate_series(2, 3) c) m
                WHERE made > now() - interval '30 days' ORDER BY made;
            """
        );
        yield return (
            "webhooks",
            $$"""
            INSERT INTO webhook_endpoints (id, owner_address, url, event_types, is_enabled, secret_generation, consecutive_failures, created_at,
                    updated_at, version)
                SELECT grown.id('endpoint', n, made), owner, 'https://hooks.example.com/' || n, '{}', true, 1, 0, made, made, 1
                FROM grown.wallets WHERE n % ({{PoolsPerOwner}} * {{EndpointsEvery}}) = 0;
            INSERT INTO webhook_deliveries (id, endpoint_id, event_id, event_type, body, status, attempt_count, failed_tries, give_up_at, created_at,
                    completed_at)
                SELECT grown.id('delivery', p.n, t.made), e.id, grown.id('event', p.n, t.made), 'payment.completed', repeat('x', 700), 'DELIVERED', 1, 0,
                    t.made + interval '3 days', t.made, t.made + interval '1 second'
                FROM grown.payments p JOIN grown.transactions t ON t.k = p.k JOIN grown.wallets w ON w.n = t.wallet
                    JOIN webhook_endpoints e ON e.owner_address = w.owner
                WHERE t.made > now() - interval '30 days' ORDER BY p.n;
            INSERT INTO webhook_attempts (delivery_id, number, started_at, duration_milliseconds, status_code, answer)
                SELECT id, 1, created_at, 120, 200, 'ok' FROM webhook_deliveries WHERE status = 'DELIVERED' ORDER BY id;
            """
        );
        yield return ("agents", AgentRows());
    }

    /// <summary>Nearly all are deployed; of a hundred one has failed and one is new.</summary>
    private string AgentRows() =>
        $$"""
            CREATE UNLOGGED TABLE grown.agents AS
                SELECT w.n, grown.id('agent', w.n, w.made) AS id, w.pool_id, w.id AS wallet_id, w.owner, w.made,
                    CASE WHEN w.n % 100 = 98 THEN 'FAILED' WHEN w.n % 100 = 99 THEN 'DRAFT' ELSE 'DEPLOYED' END AS status
                FROM grown.wallets w WHERE w.n < {{Agents}};
            INSERT INTO agents (id, training_pool_id, owner_address, name, ticker, description, supply, decimals, minimum_liquidity_lamports,
                    gated_percentage, token_standard, deployment_payer, keeps_mint_authority, has_freeze_authority, created_at, updated_at)
                SELECT id, pool_id, owner, 'Grown ' || n, 'GROWN', 'An agent of the grown database.', 1000000000, 6, 1000000000, 10, 'SPL_TOKEN',
                    'DEPOSIT_WALLET', false, false, made, made FROM grown.agents ORDER BY n;
            INSERT INTO agent_lifecycles (agent_id, status, version, sequence, consecutive_failures, token_mint, created_at, updated_at)
                SELECT id, status, 6, 6, 0, CASE WHEN status = 'DEPLOYED' THEN grown.address('mint', n) END, made, made FROM grown.agents ORDER BY n;
            INSERT INTO agent_transitions (agent_id, sequence, from_status, to_status, event, accepted, actor, occurred_at)
                SELECT a.id, s, CASE WHEN s > 1 THEN 'DRAFT' END, 'DRAFT', 'REGISTER', true, 'wallet:' || a.owner, a.made
                FROM grown.agents a, generate_series(1, 6) s ORDER BY a.n;
            INSERT INTO mint_keys (agent_id, mint, encrypted_private_key, created_at)
                SELECT id, grown.address('mint', n), 'k1:1:' || encode(grown.bytes(n, 2), 'base64'), made FROM grown.agents
                WHERE status = 'DEPLOYED' ORDER BY n;
            INSERT INTO transactions (id, kind, status, wallet_id, agent_id, accepted_slot, attempt_number, preparation_failures, wake_ups, made,
                    next_check_at, created_at, settled_at)
                SELECT grown.id(k, n, made), k, 'FINALIZED', wallet_id, id, 1, 1, 0, 0, '{}', made, made, made
                FROM grown.agents, unnest('{TOKEN_CREATION,POOL_CREATION}'::text[]) k WHERE status = 'DEPLOYED' ORDER BY n;
            INSERT INTO transaction_attempts (transaction_id, number, status, message_bytes, wire_bytes, signature, payer, blockhash,
                    last_valid_block_height, context_slot, genesis_hash, fee_lamports_max, send_count, slot, created_at, closed_at)
                SELECT grown.id(k, n, made), 1, 'FINALIZED', substr(grown.bytes(n, 17), 66), grown.bytes(n, 17), grown.signature(k, n),
                    'DEPOSIT_WALLET', grown.address('hash', n), 250, 1, grown.address('genesis', 0), 10000, 1, 1, made, made
                FROM grown.agents, unnest('{TOKEN_CREATION,POOL_CREATION}'::text[]) k WHERE status = 'DEPLOYED' ORDER BY n;
            INSERT INTO operations (id, kind, status, caller, agent_id, idempotency_key, request_hash, agent_status, created_at, completed_at)
                SELECT grown.id('operation' || o, n, made), 'INITIATE_DEPLOYMENT', 'SUCCEEDED', 'wallet:' || owner, id, md5(o || ':' || n),
                    sha256(convert_to(n::text, 'UTF8')), status, made, made
                FROM grown.agents, generate_series(1, 4) o ORDER BY n;
            """;

    private string Payments => Number(size.Payments);
    private string Wallets => Number(size.Wallets);
    private string Agents => Number(Math.Min(size.Agents, size.Wallets));
    private string Transactions => Number((size.Payments + PaymentsPerTransaction - 1) / PaymentsPerTransaction);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture) + "::bigint";

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
#pragma warning disable CA2100 // of constants and numbers only
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }
}

/// <param name="Payments">Finished ones.</param>
/// <param name="Wallets">Deposit wallets, each of a training pool.</param>
/// <param name="Agents">At most one for each training pool.</param>
public sealed record GrowthSize(int Payments, int Wallets, int Agents);
