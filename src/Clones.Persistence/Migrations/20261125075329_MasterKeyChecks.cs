using System;
using Clones.Persistence.Keys;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class MasterKeyChecks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
            migrationBuilder.Sql(KeyEventChain.FreshRows);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("DROP TRIGGER wallet_key_events_fresh ON wallet_key_events; DROP FUNCTION wallet_key_events_fresh();");
            migrationBuilder.DropTable(
                name: "master_key_checks");
        }
    }
}
