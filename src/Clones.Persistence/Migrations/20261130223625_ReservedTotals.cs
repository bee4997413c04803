using System;
using System.Numerics;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class ReservedTotals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "reserved_totals",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: false),
                    total = table.Column<BigInteger>(type: "numeric", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_reserved_totals", x => new { x.wallet_id, x.mint });
                    table.ForeignKey(
                        name: "fk_reserved_totals_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            // The triggers first: they keep others from writing until the commit, so that nothing is counted twice or not at all.
            migrationBuilder.Sql(RunningTotals.OfReservations());
            migrationBuilder.Sql(
                """
                INSERT INTO reserved_totals (wallet_id, mint, total)
                    SELECT wallet_id, coalesce(mint, ''), sum(amount) FROM wallet_reservations WHERE released_at IS NULL GROUP BY 1, 2;
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // With its triggers.
            migrationBuilder.Sql("DROP FUNCTION reserved_totals_follow CASCADE;");

            migrationBuilder.DropTable(
                name: "reserved_totals");
        }
    }
}
