using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ComparisonsAndWakeUps : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "unparsed",
                table: "wallet_movements",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "unparsed_by_version",
                table: "wallet_movements",
                type: "integer",
                nullable: true);

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "next_check_at",
                table: "transactions",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now() + interval '60 seconds'",
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone",
                oldDefaultValueSql: "now() + interval '15 seconds'");

            migrationBuilder.AddColumn<int>(
                name: "wake_ups",
                table: "transactions",
                type: "integer",
                nullable: false,
                defaultValue: 0);

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

            migrationBuilder.CreateIndex(
                name: "ix_wallet_movements_unparsed",
                table: "wallet_movements",
                column: "wallet_id",
                filter: "unparsed_by_version IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_transactions_woken",
                table: "transactions",
                column: "lease_until",
                filter: "lease_owner = 'wake-up'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agent_wake_ups");

            migrationBuilder.DropTable(
                name: "unusable_keys");

            migrationBuilder.DropTable(
                name: "wallet_comparisons");

            migrationBuilder.DropIndex(
                name: "ix_wallet_movements_unparsed",
                table: "wallet_movements");

            migrationBuilder.DropIndex(
                name: "ix_transactions_woken",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "unparsed",
                table: "wallet_movements");

            migrationBuilder.DropColumn(
                name: "unparsed_by_version",
                table: "wallet_movements");

            migrationBuilder.DropColumn(
                name: "wake_ups",
                table: "transactions");

            migrationBuilder.AlterColumn<DateTimeOffset>(
                name: "next_check_at",
                table: "transactions",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now() + interval '15 seconds'",
                oldClrType: typeof(DateTimeOffset),
                oldType: "timestamp with time zone",
                oldDefaultValueSql: "now() + interval '60 seconds'");
        }
    }
}
