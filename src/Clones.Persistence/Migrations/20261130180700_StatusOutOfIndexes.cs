using Clones.Persistence.Payments;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class StatusOutOfIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_payments_status_id",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_payments_waiting",
                table: "payments");

            migrationBuilder.AlterTable(
                name: "payments")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:fillfactor", 70)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.Sql(ExceptionalStatus.Create);
            // Again, for a database whose triggers called a function for legal changes too.
            migrationBuilder.Sql(StatusTriggers.Create());
            migrationBuilder.Sql("DROP FUNCTION IF EXISTS status_change_is_legal;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // With its indexes.
            migrationBuilder.Sql("ALTER TABLE payments DROP COLUMN exceptional_status;");

            migrationBuilder.AlterTable(
                name: "payments")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.CreateIndex(
                name: "ix_payments_status_id",
                table: "payments",
                columns: new[] { "status", "id" },
                filter: "status <> 'COMPLETED'");

            migrationBuilder.CreateIndex(
                name: "ix_payments_waiting",
                table: "payments",
                column: "wallet_id",
                filter: "status = 'WAITING_FOR_FUNDS'");
        }
    }
}
