using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class KeyLogLinking : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_wallet_key_events_id",
                table: "wallet_key_events",
                column: "id",
                filter: "sequence IS NULL");

            migrationBuilder.Sql(KeyEventChain.Triggers);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_wallet_key_events_id",
                table: "wallet_key_events");
        }
    }
}
