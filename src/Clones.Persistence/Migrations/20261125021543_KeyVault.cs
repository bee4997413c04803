using System;
using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class KeyVault : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_deposit_wallets_key_version_id",
                table: "deposit_wallets");

            migrationBuilder.DropColumn(
                name: "key_version",
                table: "mint_keys");

            migrationBuilder.DropColumn(
                name: "key_version",
                table: "deposit_wallets");

            migrationBuilder.AddColumn<string>(
                name: "master_key",
                table: "mint_keys",
                type: "text",
                nullable: true,
                computedColumnSql: "CASE\n    WHEN position(':' in encrypted_private_key) = 0 THEN 'plaintext'\n    WHEN encrypted_private_key ~ '^v[1-9][0-9]*:' THEN split_part(encrypted_private_key, ':', 1) || '-unbound'\n    WHEN encrypted_private_key ~ '^k1:transit:vault:v[1-9][0-9]*:' THEN 'transit-' || split_part(encrypted_private_key, ':', 4)\n    WHEN encrypted_private_key ~ '^k1:[1-9][0-9]*:' THEN 'v' || split_part(encrypted_private_key, ':', 2)\n    ELSE 'unknown'\nEND",
                stored: true);

            migrationBuilder.AddColumn<string>(
                name: "master_key",
                table: "deposit_wallets",
                type: "text",
                nullable: true,
                computedColumnSql: "CASE\n    WHEN position(':' in encrypted_private_key) = 0 THEN 'plaintext'\n    WHEN encrypted_private_key ~ '^v[1-9][0-9]*:' THEN split_part(encrypted_private_key, ':', 1) || '-unbound'\n    WHEN encrypted_private_key ~ '^k1:transit:vault:v[1-9][0-9]*:' THEN 'transit-' || split_part(encrypted_private_key, ':', 4)\n    WHEN encrypted_private_key ~ '^k1:[1-9][0-9]*:' THEN 'v' || split_part(encrypted_private_key, ':', 2)\n    ELSE 'unknown'\nEND",
                stored: true);

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

            migrationBuilder.CreateIndex(
                name: "ix_mint_keys_master_key_agent_id",
                table: "mint_keys",
                columns: new[] { "master_key", "agent_id" });

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_master_key_id",
                table: "deposit_wallets",
                columns: new[] { "master_key", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_key_sweeps_finished_at",
                table: "key_sweeps",
                column: "finished_at",
                unique: true,
                filter: "finished_at IS NULL")
                .Annotation("Npgsql:NullsDistinct", false);

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
                name: "ix_wallet_key_events_transaction_id",
                table: "wallet_key_events",
                column: "transaction_id");

            migrationBuilder.Sql(KeyEventChain.Triggers);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "key_sweeps");

            migrationBuilder.DropTable(
                name: "wallet_key_events");

            migrationBuilder.Sql("DROP FUNCTION wallet_key_events_chain; DROP FUNCTION wallet_key_events_append_only;");

            migrationBuilder.DropIndex(
                name: "ix_mint_keys_master_key_agent_id",
                table: "mint_keys");

            migrationBuilder.DropIndex(
                name: "ix_deposit_wallets_master_key_id",
                table: "deposit_wallets");

            migrationBuilder.DropColumn(
                name: "master_key",
                table: "mint_keys");

            migrationBuilder.DropColumn(
                name: "master_key",
                table: "deposit_wallets");

            migrationBuilder.AddColumn<int>(
                name: "key_version",
                table: "mint_keys",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "key_version",
                table: "deposit_wallets",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_key_version_id",
                table: "deposit_wallets",
                columns: new[] { "key_version", "id" });
        }
    }
}
