using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class WalletComparisons : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "wallet_comparisons",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    raising = table.Column<long>(type: "bigint", nullable: true),
                    difference = table.Column<string>(type: "text", nullable: true),
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "wallet_comparisons");
        }
    }
}
