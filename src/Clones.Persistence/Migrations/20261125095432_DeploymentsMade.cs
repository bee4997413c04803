using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class DeploymentsMade : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "made",
                table: "transactions",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "last_valid_block_height",
                table: "operations",
                type: "numeric(20,0)",
                nullable: true);

            migrationBuilder.AddColumn<decimal>(
                name: "possible_at_block_height",
                table: "operations",
                type: "numeric(20,0)",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "signature",
                table: "agent_transitions",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "made",
                table: "transactions");

            migrationBuilder.DropColumn(
                name: "last_valid_block_height",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "possible_at_block_height",
                table: "operations");

            migrationBuilder.DropColumn(
                name: "signature",
                table: "agent_transitions");
        }
    }
}
