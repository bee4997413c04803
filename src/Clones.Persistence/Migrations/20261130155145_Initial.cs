using System;
using System.Collections.Generic;
using System.Numerics;
using Clones.Persistence.Keys;
using Clones.Persistence.Ledger;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "agent_lifecycles",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    version = table.Column<int>(type: "integer", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    consecutive_failures = table.Column<int>(type: "integer", nullable: false),
                    token_mint = table.Column<string>(type: "text", nullable: true),
                    token_signature = table.Column<string>(type: "text", nullable: true),
                    token_slot = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    token_block_time = table.Column<long>(type: "bigint", nullable: true),
                    liquidity_pool_address = table.Column<string>(type: "text", nullable: true),
                    liquidity_pool_signature = table.Column<string>(type: "text", nullable: true),
                    liquidity_pool_slot = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    liquidity_pool_block_time = table.Column<long>(type: "bigint", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_lifecycles", x => x.agent_id);
                });

            migrationBuilder.CreateTable(
                name: "agent_transitions",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    sequence = table.Column<long>(type: "bigint", nullable: false),
                    from_status = table.Column<string>(type: "text", nullable: true),
                    to_status = table.Column<string>(type: "text", nullable: false),
                    @event = table.Column<string>(name: "event", type: "text", nullable: false),
                    accepted = table.Column<bool>(type: "boolean", nullable: false),
                    actor = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    signature = table.Column<string>(type: "text", nullable: true),
                    operation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_transitions", x => new { x.agent_id, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "agent_wake_ups",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wake_ups = table.Column<int>(type: "integer", nullable: false),
                    next_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agent_wake_ups", x => x.agent_id);
                });

            migrationBuilder.CreateTable(
                name: "api_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    key_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    scopes = table.Column<List<string>>(type: "text[]", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_api_keys", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "inbox_state",
                columns: table => new
                {
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    consumer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    keep_until = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    fingerprint = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox_state", x => new { x.message_id, x.consumer_id });
                });

            migrationBuilder.CreateTable(
                name: "inbox_watermark",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    purged_before = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    moved_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_inbox_watermark", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "key_sweeps",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    step = table.Column<int>(type: "integer", nullable: false),
                    pass = table.Column<int>(type: "integer", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    cursor = table.Column<Guid>(type: "uuid", nullable: false),
                    keys_per_second_max = table.Column<int>(type: "integer", nullable: false),
                    total = table.Column<long>(type: "bigint", nullable: false),
                    migrated = table.Column<long>(type: "bigint", nullable: false),
                    failed = table.Column<long>(type: "bigint", nullable: false),
                    to_key = table.Column<string>(type: "text", nullable: true),
                    requested_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_key_sweeps", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "lifecycle_machines",
                columns: table => new
                {
                    fingerprint = table.Column<string>(type: "text", nullable: false),
                    graph = table.Column<string>(type: "text", nullable: false),
                    first_started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_lifecycle_machines", x => x.fingerprint);
                });

            migrationBuilder.CreateTable(
                name: "master_key_checks",
                columns: table => new
                {
                    master_key = table.Column<string>(type: "text", nullable: false),
                    check_value = table.Column<string>(type: "text", nullable: false),
                    first_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_master_key_checks", x => x.master_key);
                });

            migrationBuilder.CreateTable(
                name: "operations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    caller = table.Column<string>(type: "text", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    training_pool_id = table.Column<Guid>(type: "uuid", nullable: true),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    idempotency_key = table.Column<string>(type: "text", nullable: true),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                    error_code = table.Column<string>(type: "text", nullable: true),
                    error_detail = table.Column<string>(type: "text", nullable: true),
                    permitted_events = table.Column<List<string>>(type: "text[]", nullable: true),
                    last_valid_block_height = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    possible_at_block_height = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    agent_status = table.Column<string>(type: "text", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_operations", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "outbox_message",
                columns: table => new
                {
                    sequence_number = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    partition_key = table.Column<string>(type: "text", nullable: true),
                    available_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "clock_timestamp() + interval '30 seconds'"),
                    lease_owner = table.Column<Guid>(type: "uuid", nullable: true),
                    attempts = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    message_id = table.Column<Guid>(type: "uuid", nullable: false),
                    request_id = table.Column<Guid>(type: "uuid", nullable: true),
                    correlation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    conversation_id = table.Column<Guid>(type: "uuid", nullable: true),
                    initiator_id = table.Column<Guid>(type: "uuid", nullable: true),
                    source_address = table.Column<string>(type: "text", nullable: true),
                    destination_address = table.Column<string>(type: "text", nullable: false),
                    response_address = table.Column<string>(type: "text", nullable: true),
                    fault_address = table.Column<string>(type: "text", nullable: true),
                    message_type = table.Column<string>(type: "text", nullable: false),
                    content_type = table.Column<string>(type: "text", nullable: false),
                    sent_time = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    expiration_time = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    enqueue_time = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    headers = table.Column<string>(type: "text", nullable: true),
                    properties = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_outbox_message", x => x.sequence_number);
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 5000);

            migrationBuilder.CreateTable(
                name: "reward_decisions",
                columns: table => new
                {
                    submission_id = table.Column<string>(type: "text", nullable: false),
                    id = table.Column<Guid>(type: "uuid", nullable: false, defaultValueSql: "gen_random_uuid()"),
                    training_pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    submitter = table.Column<string>(type: "text", nullable: false),
                    task_id = table.Column<string>(type: "text", nullable: true),
                    score = table.Column<int>(type: "integer", nullable: false),
                    amount = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    payment_id = table.Column<Guid>(type: "uuid", nullable: true),
                    decided_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reward_decisions", x => x.submission_id);
                });

            migrationBuilder.CreateTable(
                name: "sign_in_challenges",
                columns: table => new
                {
                    nonce = table.Column<string>(type: "text", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_in_challenges", x => x.nonce);
                });

            migrationBuilder.CreateTable(
                name: "sign_in_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    generation = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sign_in_sessions", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "signing_fence",
                columns: table => new
                {
                    id = table.Column<int>(type: "integer", nullable: false),
                    raising = table.Column<long>(type: "bigint", nullable: false),
                    state = table.Column<string>(type: "text", nullable: false),
                    identity = table.Column<string>(type: "text", nullable: false),
                    block_height = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    held = table.Column<bool>(type: "boolean", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    raised_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_signing_fence", x => x.id);
                    table.CheckConstraint("ck_signing_fence_one_row", "id = 1");
                });

            migrationBuilder.CreateTable(
                name: "tokens",
                columns: table => new
                {
                    symbol = table.Column<string>(type: "text", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: true),
                    decimals = table.Column<int>(type: "integer", nullable: false),
                    token_program = table.Column<string>(type: "text", nullable: true),
                    genesis_hash = table.Column<string>(type: "text", nullable: true),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_tokens", x => x.symbol);
                });

            migrationBuilder.CreateTable(
                name: "training_pools",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_address = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    skills = table.Column<List<string>>(type: "text[]", nullable: false),
                    deposit_wallet_id = table.Column<Guid>(type: "uuid", nullable: true),
                    token_symbol = table.Column<string>(type: "text", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: true),
                    price_per_demo = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    upload_limit = table.Column<int>(type: "integer", nullable: true),
                    upload_limit_per_day = table.Column<int>(type: "integer", nullable: true),
                    upload_limit_per_task = table.Column<int>(type: "integer", nullable: true),
                    task_reward_limits = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'"),
                    payout_batch = table.Column<int>(type: "integer", nullable: false, defaultValue: 12),
                    status = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_training_pools", x => x.id);
                    table.CheckConstraint("ck_training_pools_payout_batch", "payout_batch BETWEEN 1 AND 12");
                });

            migrationBuilder.CreateTable(
                name: "unusable_keys",
                columns: table => new
                {
                    purpose = table.Column<string>(type: "text", nullable: false),
                    key_id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    failed_looks = table.Column<int>(type: "integer", nullable: false),
                    failed_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    next_look_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_unusable_keys", x => new { x.purpose, x.key_id });
                });

            migrationBuilder.CreateTable(
                name: "wallet_key_events",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    sequence = table.Column<long>(type: "bigint", nullable: true),
                    occurred_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    purpose = table.Column<string>(type: "text", nullable: false),
                    key_id = table.Column<Guid>(type: "uuid", nullable: true),
                    address = table.Column<string>(type: "text", nullable: true),
                    kind = table.Column<string>(type: "text", nullable: false),
                    from_key = table.Column<string>(type: "text", nullable: true),
                    to_key = table.Column<string>(type: "text", nullable: true),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    detail = table.Column<string>(type: "text", nullable: true),
                    previous_hash = table.Column<string>(type: "text", nullable: true),
                    hash = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_key_events", x => x.id);
                    table.CheckConstraint("ck_wallet_key_events_detail_one_line", "detail !~ '[\\n\\r]'");
                });

            migrationBuilder.CreateTable(
                name: "webhook_endpoints",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_address = table.Column<string>(type: "text", nullable: false),
                    url = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: true),
                    event_types = table.Column<List<string>>(type: "text[]", nullable: false),
                    is_enabled = table.Column<bool>(type: "boolean", nullable: false),
                    disabled_reason = table.Column<string>(type: "text", nullable: true),
                    secret_generation = table.Column<int>(type: "integer", nullable: false),
                    previous_secret_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    consecutive_failures = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_endpoints", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "agents",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    training_pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_address = table.Column<string>(type: "text", nullable: false),
                    name = table.Column<string>(type: "text", nullable: false),
                    ticker = table.Column<string>(type: "text", nullable: false),
                    description = table.Column<string>(type: "text", nullable: false),
                    logo_url = table.Column<string>(type: "text", nullable: true),
                    supply = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    decimals = table.Column<int>(type: "integer", nullable: false),
                    minimum_liquidity_lamports = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    gated_percentage = table.Column<int>(type: "integer", nullable: false),
                    token_standard = table.Column<string>(type: "text", nullable: false),
                    deployment_payer = table.Column<string>(type: "text", nullable: false),
                    keeps_mint_authority = table.Column<bool>(type: "boolean", nullable: false),
                    has_freeze_authority = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agents", x => x.id);
                    table.ForeignKey(
                        name: "fk_agents_training_pools_training_pool_id",
                        column: x => x.training_pool_id,
                        principalTable: "training_pools",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "deposit_wallets",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    training_pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    encrypted_private_key = table.Column<string>(type: "text", nullable: false),
                    master_key = table.Column<string>(type: "text", nullable: true, computedColumnSql: "CASE\n    WHEN position(':' in encrypted_private_key) = 0 THEN 'plaintext'\n    WHEN encrypted_private_key ~ '^v[1-9][0-9]*:' THEN split_part(encrypted_private_key, ':', 1) || '-unbound'\n    WHEN encrypted_private_key ~ '^k1:transit:vault:v[1-9][0-9]*:' THEN 'transit-' || split_part(encrypted_private_key, ':', 4)\n    WHEN encrypted_private_key ~ '^k1:[1-9][0-9]*:' THEN 'v' || split_part(encrypted_private_key, ':', 2)\n    ELSE 'unknown'\nEND", stored: true),
                    settled_slot = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    balance_checked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    history_read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_deposit_wallets", x => x.id);
                    table.ForeignKey(
                        name: "fk_deposit_wallets_training_pools_training_pool_id",
                        column: x => x.training_pool_id,
                        principalTable: "training_pools",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_type = table.Column<string>(type: "text", nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    attempt_count = table.Column<int>(type: "integer", nullable: false),
                    failed_tries = table.Column<int>(type: "integer", nullable: false),
                    next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    lease_id = table.Column<Guid>(type: "uuid", nullable: true),
                    leased_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    give_up_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_failure = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_deliveries", x => x.id);
                    table.ForeignKey(
                        name: "fk_webhook_deliveries_webhook_endpoints_endpoint_id",
                        column: x => x.endpoint_id,
                        principalTable: "webhook_endpoints",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "mint_keys",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: false),
                    encrypted_private_key = table.Column<string>(type: "text", nullable: false),
                    master_key = table.Column<string>(type: "text", nullable: true, computedColumnSql: "CASE\n    WHEN position(':' in encrypted_private_key) = 0 THEN 'plaintext'\n    WHEN encrypted_private_key ~ '^v[1-9][0-9]*:' THEN split_part(encrypted_private_key, ':', 1) || '-unbound'\n    WHEN encrypted_private_key ~ '^k1:transit:vault:v[1-9][0-9]*:' THEN 'transit-' || split_part(encrypted_private_key, ':', 4)\n    WHEN encrypted_private_key ~ '^k1:[1-9][0-9]*:' THEN 'v' || split_part(encrypted_private_key, ':', 2)\n    ELSE 'unknown'\nEND", stored: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_mint_keys", x => x.agent_id);
                    table.ForeignKey(
                        name: "fk_mint_keys_agents_agent_id",
                        column: x => x.agent_id,
                        principalTable: "agents",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "on_chain_transactions",
                columns: table => new
                {
                    signature = table.Column<string>(type: "text", nullable: false),
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    attempt_number = table.Column<int>(type: "integer", nullable: true),
                    payment_tags = table.Column<Guid[]>(type: "uuid[]", nullable: true),
                    slot = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    block_time = table.Column<long>(type: "bigint", nullable: true),
                    error = table.Column<string>(type: "text", nullable: true),
                    fee_lamports = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    wire_bytes = table.Column<byte[]>(type: "bytea", nullable: false),
                    genesis_hash = table.Column<string>(type: "text", nullable: false),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_on_chain_transactions", x => x.signature);
                    table.ForeignKey(
                        name: "fk_on_chain_transactions_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "transactions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    agent_id = table.Column<Guid>(type: "uuid", nullable: true),
                    accepted_slot = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    attempt_number = table.Column<int>(type: "integer", nullable: false),
                    preparation_failures = table.Column<int>(type: "integer", nullable: false),
                    wake_ups = table.Column<int>(type: "integer", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: true),
                    made = table.Column<string>(type: "jsonb", nullable: true),
                    lease_owner = table.Column<string>(type: "text", nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    next_check_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now() + interval '60 seconds'"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    settled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transactions", x => x.id);
                    table.ForeignKey(
                        name: "fk_transactions_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.CreateTable(
                name: "wallet_comparisons",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    raising = table.Column<long>(type: "bigint", nullable: true),
                    difference = table.Column<string>(type: "text", nullable: true),
                    accepted_reason = table.Column<string>(type: "text", nullable: true),
                    compared_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_comparisons", x => x.wallet_id);
                    table.ForeignKey(
                        name: "fk_wallet_comparisons_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "wallet_movements",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    signature = table.Column<string>(type: "text", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: true),
                    delta = table.Column<BigInteger>(type: "numeric(21,0)", nullable: false),
                    slot = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    block_time = table.Column<long>(type: "bigint", nullable: true),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    attempt_number = table.Column<int>(type: "integer", nullable: true),
                    payment_tag = table.Column<Guid>(type: "uuid", nullable: true),
                    destination = table.Column<string>(type: "text", nullable: true),
                    failed = table.Column<bool>(type: "boolean", nullable: false),
                    unparsed = table.Column<string>(type: "text", nullable: true),
                    unparsed_by_version = table.Column<int>(type: "integer", nullable: true),
                    recorded_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_movements", x => new { x.wallet_id, x.signature, x.ordinal });
                    table.ForeignKey(
                        name: "fk_wallet_movements_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "wallet_scans",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    address = table.Column<string>(type: "text", nullable: false),
                    slot = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    read_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_scans", x => new { x.wallet_id, x.address });
                    table.ForeignKey(
                        name: "fk_wallet_scans_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.CreateTable(
                name: "wallet_totals",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: false),
                    total = table.Column<BigInteger>(type: "numeric", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_totals", x => new { x.wallet_id, x.mint });
                    table.ForeignKey(
                        name: "fk_wallet_totals_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.CreateTable(
                name: "webhook_attempts",
                columns: table => new
                {
                    delivery_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    duration_milliseconds = table.Column<int>(type: "integer", nullable: false),
                    status_code = table.Column<int>(type: "integer", nullable: true),
                    failure = table.Column<string>(type: "text", nullable: true),
                    answer = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_attempts", x => new { x.delivery_id, x.number });
                    table.ForeignKey(
                        name: "fk_webhook_attempts_webhook_deliveries_delivery_id",
                        column: x => x.delivery_id,
                        principalTable: "webhook_deliveries",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "payments",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    training_pool_id = table.Column<Guid>(type: "uuid", nullable: false),
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    recipient = table.Column<string>(type: "text", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: true),
                    amount = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    reserved_lamports = table.Column<decimal>(type: "numeric(20,0)", nullable: false, defaultValue: 0m),
                    status = table.Column<string>(type: "text", nullable: false),
                    caller = table.Column<string>(type: "text", nullable: false),
                    idempotency_key = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    reference = table.Column<string>(type: "text", nullable: true),
                    reason = table.Column<string>(type: "text", nullable: true),
                    signature = table.Column<string>(type: "text", nullable: true),
                    slot = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    completed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_payments", x => x.id);
                    table.CheckConstraint("ck_payments_amount", "amount > 0");
                    table.ForeignKey(
                        name: "fk_payments_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_payments_training_pools_training_pool_id",
                        column: x => x.training_pool_id,
                        principalTable: "training_pools",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_payments_transactions_transaction_id",
                        column: x => x.transaction_id,
                        principalTable: "transactions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.CreateTable(
                name: "transaction_attempts",
                columns: table => new
                {
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    number = table.Column<int>(type: "integer", nullable: false),
                    status = table.Column<string>(type: "text", nullable: false),
                    message_bytes = table.Column<byte[]>(type: "bytea", nullable: false),
                    wire_bytes = table.Column<byte[]>(type: "bytea", nullable: true),
                    signature = table.Column<string>(type: "text", nullable: true),
                    owner_signature = table.Column<string>(type: "text", nullable: true),
                    payer = table.Column<string>(type: "text", nullable: false),
                    mint_signature = table.Column<string>(type: "text", nullable: true),
                    blockhash = table.Column<string>(type: "text", nullable: false),
                    last_valid_block_height = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    context_slot = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    genesis_hash = table.Column<string>(type: "text", nullable: false),
                    fee_lamports_max = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    terms = table.Column<string>(type: "jsonb", nullable: true),
                    send_count = table.Column<int>(type: "integer", nullable: false),
                    last_sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    slot = table.Column<decimal>(type: "numeric(20,0)", nullable: true),
                    error = table.Column<string>(type: "jsonb", nullable: true),
                    evidence = table.Column<string>(type: "jsonb", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_transaction_attempts", x => new { x.transaction_id, x.number });
                    table.ForeignKey(
                        name: "fk_transaction_attempts_transactions_transaction_id",
                        column: x => x.transaction_id,
                        principalTable: "transactions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.CreateTable(
                name: "wallet_reservations",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: true),
                    amount = table.Column<decimal>(type: "numeric(20,0)", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    released_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_reservations", x => x.id);
                    table.ForeignKey(
                        name: "fk_wallet_reservations_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_wallet_reservations_transactions_transaction_id",
                        column: x => x.transaction_id,
                        principalTable: "transactions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.CreateIndex(
                name: "ix_agent_lifecycles_status_agent_id",
                table: "agent_lifecycles",
                columns: new[] { "status", "agent_id" });

            migrationBuilder.CreateIndex(
                name: "ix_agents_owner_address_id",
                table: "agents",
                columns: new[] { "owner_address", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_agents_training_pool_id",
                table: "agents",
                column: "training_pool_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_api_keys_key_hash",
                table: "api_keys",
                column: "key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_address",
                table: "deposit_wallets",
                column: "address",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_master_key_id",
                table: "deposit_wallets",
                columns: new[] { "master_key", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_training_pool_id",
                table: "deposit_wallets",
                column: "training_pool_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_inbox_state_keep_until",
                table: "inbox_state",
                column: "keep_until")
                .Annotation("Npgsql:IndexMethod", "brin")
                .Annotation("Npgsql:StorageParameter:autosummarize", true);

            migrationBuilder.CreateIndex(
                name: "ix_key_sweeps_finished_at",
                table: "key_sweeps",
                column: "finished_at",
                unique: true,
                filter: "finished_at IS NULL")
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_mint_keys_master_key_agent_id",
                table: "mint_keys",
                columns: new[] { "master_key", "agent_id" });

            migrationBuilder.CreateIndex(
                name: "ix_mint_keys_mint",
                table: "mint_keys",
                column: "mint",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_on_chain_transactions_payment_tags",
                table: "on_chain_transactions",
                column: "payment_tags",
                filter: "payment_tags IS NOT NULL")
                .Annotation("Npgsql:IndexMethod", "gin")
                .Annotation("Npgsql:StorageParameter:fastupdate", false);

            migrationBuilder.CreateIndex(
                name: "ix_on_chain_transactions_transaction_id",
                table: "on_chain_transactions",
                column: "transaction_id");

            migrationBuilder.CreateIndex(
                name: "ix_on_chain_transactions_wallet_id",
                table: "on_chain_transactions",
                column: "wallet_id");

            migrationBuilder.CreateIndex(
                name: "ix_operations_caller_idempotency_key",
                table: "operations",
                columns: new[] { "caller", "idempotency_key" },
                unique: true,
                filter: "idempotency_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_available_at",
                table: "outbox_message",
                column: "available_at");

            migrationBuilder.CreateIndex(
                name: "ix_outbox_message_partition_key_sequence_number",
                table: "outbox_message",
                columns: new[] { "partition_key", "sequence_number" },
                filter: "partition_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_payments_caller_idempotency_key",
                table: "payments",
                columns: new[] { "caller", "idempotency_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_payments_recipient_id",
                table: "payments",
                columns: new[] { "recipient", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_payments_reference_id",
                table: "payments",
                columns: new[] { "reference", "id" },
                filter: "reference IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_payments_status_id",
                table: "payments",
                columns: new[] { "status", "id" },
                filter: "status <> 'COMPLETED'");

            migrationBuilder.CreateIndex(
                name: "ix_payments_training_pool_id_id",
                table: "payments",
                columns: new[] { "training_pool_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_payments_transaction_id",
                table: "payments",
                column: "transaction_id");

            migrationBuilder.CreateIndex(
                name: "ix_payments_waiting",
                table: "payments",
                column: "wallet_id",
                filter: "status = 'WAITING_FOR_FUNDS'");

            migrationBuilder.CreateIndex(
                name: "ix_payments_wallet_id_mint",
                table: "payments",
                columns: new[] { "wallet_id", "mint" });

            migrationBuilder.CreateIndex(
                name: "ix_reward_decisions_training_pool_id_id",
                table: "reward_decisions",
                columns: new[] { "training_pool_id", "id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_reward_decisions_training_pool_id_submitter",
                table: "reward_decisions",
                columns: new[] { "training_pool_id", "submitter" });

            migrationBuilder.CreateIndex(
                name: "ix_reward_decisions_training_pool_id_task_id_id",
                table: "reward_decisions",
                columns: new[] { "training_pool_id", "task_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_sign_in_challenges_expires_at",
                table: "sign_in_challenges",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_sign_in_sessions_address",
                table: "sign_in_sessions",
                column: "address");

            migrationBuilder.CreateIndex(
                name: "ix_sign_in_sessions_expires_at",
                table: "sign_in_sessions",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "ix_tokens_mint",
                table: "tokens",
                column: "mint",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_training_pools_deposit_wallet_id",
                table: "training_pools",
                column: "deposit_wallet_id",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_training_pools_owner_address_id",
                table: "training_pools",
                columns: new[] { "owner_address", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_transaction_attempts_signature",
                table: "transaction_attempts",
                column: "signature",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_transaction_attempts_one_live",
                table: "transaction_attempts",
                column: "transaction_id",
                unique: true,
                filter: "status IN ('SUBMITTED', 'SIGNED', 'BROADCAST', 'CONFIRMED', 'UNRESOLVED') OR (status = 'PREPARED' AND payer = 'OWNER')");

            migrationBuilder.CreateIndex(
                name: "ix_transactions_agent",
                table: "transactions",
                columns: new[] { "agent_id", "kind" },
                filter: "agent_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_transactions_open",
                table: "transactions",
                column: "next_check_at",
                filter: "status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED')");

            migrationBuilder.CreateIndex(
                name: "ix_transactions_wallet_id",
                table: "transactions",
                column: "wallet_id");

            migrationBuilder.CreateIndex(
                name: "ix_transactions_woken",
                table: "transactions",
                column: "lease_until",
                filter: "lease_owner = 'wake-up'");

            migrationBuilder.CreateIndex(
                name: "ux_transactions_one_per_agent_and_kind",
                table: "transactions",
                columns: new[] { "agent_id", "kind" },
                unique: true,
                filter: "agent_id IS NOT NULL AND status NOT IN ('FAILED', 'CANCELLED')");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_key_events_id",
                table: "wallet_key_events",
                column: "id",
                filter: "sequence IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_key_events_key_id_id",
                table: "wallet_key_events",
                columns: new[] { "key_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_wallet_key_events_sequence",
                table: "wallet_key_events",
                column: "sequence",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_wallet_key_events_to_key",
                table: "wallet_key_events",
                column: "to_key",
                filter: "to_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_movements_unparsed",
                table: "wallet_movements",
                column: "wallet_id",
                filter: "unparsed_by_version IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_movements_wallet_id_slot",
                table: "wallet_movements",
                columns: new[] { "wallet_id", "slot" });

            migrationBuilder.CreateIndex(
                name: "ix_wallet_reservations_open",
                table: "wallet_reservations",
                column: "wallet_id",
                filter: "released_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_reservations_transaction_id_mint",
                table: "wallet_reservations",
                columns: new[] { "transaction_id", "mint" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_wallet_reservations_wallet_id_created_at",
                table: "wallet_reservations",
                columns: new[] { "wallet_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_wallet_reservations_wallet_id_released_at",
                table: "wallet_reservations",
                columns: new[] { "wallet_id", "released_at" },
                filter: "released_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_created_at",
                table: "webhook_deliveries",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_endpoint_id_event_id",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "event_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_endpoint_id_id",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_exhausted",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "id" },
                filter: "status = 'EXHAUSTED'");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_leased",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "leased_until" },
                filter: "lease_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_pending",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "next_attempt_at" },
                filter: "status = 'PENDING'");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_endpoints_owner_address_id",
                table: "webhook_endpoints",
                columns: new[] { "owner_address", "id" },
                filter: "deleted_at IS NULL");

            // Of expressions, which the model does not know: see LedgerScanner, FundsReconciler and LedgerRows.
            migrationBuilder.Sql(
                """
                CREATE INDEX ix_deposit_wallets_balance_due ON deposit_wallets (coalesce(balance_checked_at, '-infinity'));
                CREATE INDEX ix_deposit_wallets_history_due ON deposit_wallets (coalesce(history_read_at, '-infinity'));
                CREATE INDEX ix_wallet_movements_moved_at ON wallet_movements (wallet_id, coalesce(to_timestamp(block_time), recorded_at));
                """
            );
            migrationBuilder.Sql(StatusTriggers.Create());
            migrationBuilder.Sql(RunningTotals.OfMovements());
            migrationBuilder.Sql(KeyEventChain.Create);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // With the triggers that call them.
            migrationBuilder.Sql(
                """
                DROP FUNCTION reject_illegal_status, wallet_totals_follow, wallet_key_events_hash,
                    wallet_key_events_link, wallet_key_events_append_only, wallet_key_events_fresh CASCADE;
                """
            );

            migrationBuilder.DropTable(
                name: "agent_lifecycles");

            migrationBuilder.DropTable(
                name: "agent_transitions");

            migrationBuilder.DropTable(
                name: "agent_wake_ups");

            migrationBuilder.DropTable(
                name: "api_keys");

            migrationBuilder.DropTable(
                name: "inbox_state");

            migrationBuilder.DropTable(
                name: "inbox_watermark");

            migrationBuilder.DropTable(
                name: "key_sweeps");

            migrationBuilder.DropTable(
                name: "lifecycle_machines");

            migrationBuilder.DropTable(
                name: "master_key_checks");

            migrationBuilder.DropTable(
                name: "mint_keys");

            migrationBuilder.DropTable(
                name: "on_chain_transactions");

            migrationBuilder.DropTable(
                name: "operations");

            migrationBuilder.DropTable(
                name: "outbox_message");

            migrationBuilder.DropTable(
                name: "payments");

            migrationBuilder.DropTable(
                name: "reward_decisions");

            migrationBuilder.DropTable(
                name: "sign_in_challenges");

            migrationBuilder.DropTable(
                name: "sign_in_sessions");

            migrationBuilder.DropTable(
                name: "signing_fence");

            migrationBuilder.DropTable(
                name: "tokens");

            migrationBuilder.DropTable(
                name: "transaction_attempts");

            migrationBuilder.DropTable(
                name: "unusable_keys");

            migrationBuilder.DropTable(
                name: "wallet_comparisons");

            migrationBuilder.DropTable(
                name: "wallet_key_events");

            migrationBuilder.DropTable(
                name: "wallet_movements");

            migrationBuilder.DropTable(
                name: "wallet_reservations");

            migrationBuilder.DropTable(
                name: "wallet_scans");

            migrationBuilder.DropTable(
                name: "wallet_totals");

            migrationBuilder.DropTable(
                name: "webhook_attempts");

            migrationBuilder.DropTable(
                name: "agents");

            migrationBuilder.DropTable(
                name: "transactions");

            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "deposit_wallets");

            migrationBuilder.DropTable(
                name: "webhook_endpoints");

            migrationBuilder.DropTable(
                name: "training_pools");
        }
    }
}
