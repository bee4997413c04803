using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class UnparsedTransactions : Migration
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

            migrationBuilder.CreateIndex(
                name: "ix_wallet_movements_unparsed",
                table: "wallet_movements",
                column: "wallet_id",
                filter: "unparsed_by_version IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_wallet_movements_unparsed",
                table: "wallet_movements");

            migrationBuilder.DropColumn(
                name: "unparsed",
                table: "wallet_movements");

            migrationBuilder.DropColumn(
                name: "unparsed_by_version",
                table: "wallet_movements");
        }
    }
}
