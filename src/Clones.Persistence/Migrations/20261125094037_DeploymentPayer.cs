using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DeploymentPayer : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_transaction_attempts_one_live",
                table: "transaction_attempts");

            migrationBuilder.AddColumn<string>(
                name: "mint_signature",
                table: "transaction_attempts",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "payer",
                table: "transaction_attempts",
                type: "text",
                nullable: false,
                defaultValue: "DEPOSIT_WALLET");

            migrationBuilder.AddColumn<string>(
                name: "deployment_payer",
                table: "agents",
                type: "text",
                nullable: false,
                defaultValue: "DEPOSIT_WALLET");

            migrationBuilder.AddColumn<bool>(
                name: "has_freeze_authority",
                table: "agents",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "keeps_mint_authority",
                table: "agents",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateIndex(
                name: "ux_transaction_attempts_one_live",
                table: "transaction_attempts",
                column: "transaction_id",
                unique: true,
                filter: "status IN ('SUBMITTED', 'SIGNED', 'BROADCAST', 'CONFIRMED', 'UNRESOLVED') OR (status = 'PREPARED' AND payer = 'OWNER')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_transaction_attempts_one_live",
                table: "transaction_attempts");

            migrationBuilder.DropColumn(
                name: "mint_signature",
                table: "transaction_attempts");

            migrationBuilder.DropColumn(
                name: "payer",
                table: "transaction_attempts");

            migrationBuilder.DropColumn(
                name: "deployment_payer",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "has_freeze_authority",
                table: "agents");

            migrationBuilder.DropColumn(
                name: "keeps_mint_authority",
                table: "agents");

            migrationBuilder.CreateIndex(
                name: "ux_transaction_attempts_one_live",
                table: "transaction_attempts",
                column: "transaction_id",
                unique: true,
                filter: "status IN ('SUBMITTED', 'SIGNED', 'BROADCAST', 'CONFIRMED', 'UNRESOLVED')");
        }
    }
}
