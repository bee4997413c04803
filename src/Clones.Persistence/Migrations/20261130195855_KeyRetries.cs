using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class KeyRetries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "next_look_at",
                table: "unusable_keys",
                newName: "next_try_at");

            migrationBuilder.RenameColumn(
                name: "failed_looks",
                table: "unusable_keys",
                newName: "failed_tries");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.RenameColumn(
                name: "next_try_at",
                table: "unusable_keys",
                newName: "next_look_at");

            migrationBuilder.RenameColumn(
                name: "failed_tries",
                table: "unusable_keys",
                newName: "failed_looks");
        }
    }
}
