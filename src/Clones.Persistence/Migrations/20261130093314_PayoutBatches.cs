using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class PayoutBatches : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Transactions of payments may be CANCELLED now, when their payments are regrouped.
            migrationBuilder.Sql(StatusTriggers.Create());

            migrationBuilder.AddColumn<int>(
                name: "payout_batch",
                table: "training_pools",
                type: "integer",
                nullable: false,
                defaultValue: 12);

            migrationBuilder.AddColumn<decimal>(
                name: "reserved_lamports",
                table: "payments",
                type: "numeric(20,0)",
                nullable: false,
                defaultValue: 0m);

            migrationBuilder.AddColumn<Guid[]>(
                name: "payment_tags",
                table: "chain_landings",
                type: "uuid[]",
                nullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_training_pools_payout_batch",
                table: "training_pools",
                sql: "payout_batch BETWEEN 1 AND 12");

            migrationBuilder.CreateIndex(
                name: "ix_chain_landings_payment_tags",
                table: "chain_landings",
                column: "payment_tags",
                filter: "payment_tags IS NOT NULL")
                .Annotation("Npgsql:IndexMethod", "gin")
                .Annotation("Npgsql:StorageParameter:fastupdate", false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_training_pools_payout_batch",
                table: "training_pools");

            migrationBuilder.DropIndex(
                name: "ix_chain_landings_payment_tags",
                table: "chain_landings");

            migrationBuilder.DropColumn(
                name: "payout_batch",
                table: "training_pools");

            migrationBuilder.DropColumn(
                name: "reserved_lamports",
                table: "payments");

            migrationBuilder.DropColumn(
                name: "payment_tags",
                table: "chain_landings");
        }
    }
}
