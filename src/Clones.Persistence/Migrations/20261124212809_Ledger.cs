using System;
using System.Numerics;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class Ledger : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "history_read_at",
                table: "deposit_wallets",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "chain_landings",
                columns: table => new
                {
                    signature = table.Column<string>(type: "text", nullable: false),
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    transaction_id = table.Column<Guid>(type: "uuid", nullable: true),
                    attempt_number = table.Column<int>(type: "integer", nullable: true),
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
                    table.PrimaryKey("pk_chain_landings", x => x.signature);
                    table.ForeignKey(
                        name: "fk_chain_landings_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
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
                    destination = table.Column<string>(type: "text", nullable: true),
                    failed = table.Column<bool>(type: "boolean", nullable: false),
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
                });

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_history_read_at",
                table: "deposit_wallets",
                column: "history_read_at");

            migrationBuilder.CreateIndex(
                name: "ix_chain_landings_transaction_id",
                table: "chain_landings",
                column: "transaction_id");

            migrationBuilder.CreateIndex(
                name: "ix_chain_landings_wallet_id",
                table: "chain_landings",
                column: "wallet_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "chain_landings");

            migrationBuilder.DropTable(
                name: "signing_fence");

            migrationBuilder.DropTable(
                name: "wallet_movements");

            migrationBuilder.DropTable(
                name: "wallet_scans");

            migrationBuilder.DropIndex(
                name: "ix_deposit_wallets_history_read_at",
                table: "deposit_wallets");

            migrationBuilder.DropColumn(
                name: "history_read_at",
                table: "deposit_wallets");
        }
    }
}
