using System;
using System.Numerics;
using Clones.Persistence.Ledger;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class GrownTables : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_training_pools_owner_address_created_at",
                table: "training_pools");

            migrationBuilder.DropIndex(
                name: "ix_payments_training_pool_id_created_at",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_inbox_state_keep_until",
                table: "inbox_state");

            migrationBuilder.DropIndex(
                name: "ix_deposit_wallets_balance_checked_at",
                table: "deposit_wallets");

            migrationBuilder.DropIndex(
                name: "ix_deposit_wallets_history_read_at",
                table: "deposit_wallets");

            migrationBuilder.DropIndex(
                name: "ix_agents_owner_address_created_at",
                table: "agents");

            migrationBuilder.DropIndex(
                name: "ix_agent_lifecycles_status",
                table: "agent_lifecycles");

            migrationBuilder.DropIndex(
                name: "ix_wallet_key_events_transaction_id",
                table: "wallet_key_events");

            migrationBuilder.DropIndex(
                name: "ix_webhook_deliveries_due",
                table: "webhook_deliveries");

            migrationBuilder.AlterTable(
                name: "wallet_scans")
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.AlterTable(
                name: "wallet_reservations")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.AlterTable(
                name: "transactions")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.AlterTable(
                name: "transaction_attempts")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.AlterTable(
                name: "payments")
                .Annotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.CreateTable(
                name: "wallet_totals",
                columns: table => new
                {
                    wallet_id = table.Column<Guid>(type: "uuid", nullable: false),
                    mint = table.Column<string>(type: "text", nullable: false),
                    total = table.Column<BigInteger>(type: "numeric", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wallet_totals", x => new { x.wallet_id, x.mint });
                    table.ForeignKey(
                        name: "fk_wallet_totals_deposit_wallets_wallet_id",
                        column: x => x.wallet_id,
                        principalTable: "deposit_wallets",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                })
                .Annotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_exhausted",
                table: "webhook_deliveries",
                columns: new[] { "endpoint_id", "id" },
                filter: "status = 'EXHAUSTED'");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_reservations_wallet_id_created_at",
                table: "wallet_reservations",
                columns: new[] { "wallet_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_wallet_reservations_wallet_id_released_at",
                table: "wallet_reservations",
                columns: new[] { "wallet_id", "released_at" },
                filter: "released_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_wallet_movements_wallet_id_slot",
                table: "wallet_movements",
                columns: new[] { "wallet_id", "slot" });

            migrationBuilder.CreateIndex(
                name: "ix_transactions_agent",
                table: "transactions",
                columns: new[] { "agent_id", "kind" },
                filter: "agent_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_training_pools_owner_address_id",
                table: "training_pools",
                columns: new[] { "owner_address", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_reward_decisions_training_pool_id_task_id_id",
                table: "reward_decisions",
                columns: new[] { "training_pool_id", "task_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_payments_recipient_id",
                table: "payments",
                columns: new[] { "recipient", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_payments_reference_id",
                table: "payments",
                columns: new[] { "reference", "id" },
                filter: "reference IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_payments_status_id",
                table: "payments",
                columns: new[] { "status", "id" },
                filter: "status <> 'COMPLETED'");

            migrationBuilder.CreateIndex(
                name: "ix_payments_training_pool_id_id",
                table: "payments",
                columns: new[] { "training_pool_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_payments_wallet_id_mint",
                table: "payments",
                columns: new[] { "wallet_id", "mint" });

            migrationBuilder.CreateIndex(
                name: "ix_inbox_state_keep_until",
                table: "inbox_state",
                column: "keep_until")
                .Annotation("Npgsql:IndexMethod", "brin")
                .Annotation("Npgsql:StorageParameter:autosummarize", true);

            migrationBuilder.CreateIndex(
                name: "ix_agents_owner_address_id",
                table: "agents",
                columns: new[] { "owner_address", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_agent_lifecycles_status_agent_id",
                table: "agent_lifecycles",
                columns: new[] { "status", "agent_id" });

            // Of expressions, which the model does not know: see LedgerScanner, FundsReconciler and LedgerRows.
            migrationBuilder.Sql(
                """
                CREATE INDEX ix_deposit_wallets_balance_due ON deposit_wallets (coalesce(balance_checked_at, '-infinity'));
                CREATE INDEX ix_deposit_wallets_history_due ON deposit_wallets (coalesce(history_read_at, '-infinity'));
                CREATE INDEX ix_wallet_movements_moved_at ON wallet_movements (wallet_id, coalesce(to_timestamp(block_time), recorded_at));
                """
            );
            migrationBuilder.Sql(WalletTotalTriggers.Create);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(WalletTotalTriggers.Drop);
            migrationBuilder.Sql(
                "DROP INDEX ix_deposit_wallets_balance_due; DROP INDEX ix_deposit_wallets_history_due; DROP INDEX ix_wallet_movements_moved_at;"
            );

            migrationBuilder.DropTable(
                name: "wallet_totals");

            migrationBuilder.DropIndex(
                name: "ix_webhook_deliveries_exhausted",
                table: "webhook_deliveries");

            migrationBuilder.DropIndex(
                name: "ix_wallet_reservations_wallet_id_created_at",
                table: "wallet_reservations");

            migrationBuilder.DropIndex(
                name: "ix_wallet_reservations_wallet_id_released_at",
                table: "wallet_reservations");

            migrationBuilder.DropIndex(
                name: "ix_wallet_movements_wallet_id_slot",
                table: "wallet_movements");

            migrationBuilder.DropIndex(
                name: "ix_transactions_agent",
                table: "transactions");

            migrationBuilder.DropIndex(
                name: "ix_training_pools_owner_address_id",
                table: "training_pools");

            migrationBuilder.DropIndex(
                name: "ix_reward_decisions_training_pool_id_task_id_id",
                table: "reward_decisions");

            migrationBuilder.DropIndex(
                name: "ix_payments_recipient_id",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_payments_reference_id",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_payments_status_id",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_payments_training_pool_id_id",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_payments_wallet_id_mint",
                table: "payments");

            migrationBuilder.DropIndex(
                name: "ix_inbox_state_keep_until",
                table: "inbox_state");

            migrationBuilder.DropIndex(
                name: "ix_agents_owner_address_id",
                table: "agents");

            migrationBuilder.DropIndex(
                name: "ix_agent_lifecycles_status_agent_id",
                table: "agent_lifecycles");

            migrationBuilder.AlterTable(
                name: "wallet_scans")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 70);

            migrationBuilder.AlterTable(
                name: "wallet_reservations")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.AlterTable(
                name: "transactions")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.AlterTable(
                name: "transaction_attempts")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.AlterTable(
                name: "payments")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_analyze_scale_factor", 0.02)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0.02);

            migrationBuilder.CreateIndex(
                name: "ix_wallet_key_events_transaction_id",
                table: "wallet_key_events",
                column: "transaction_id");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_due",
                table: "webhook_deliveries",
                column: "next_attempt_at",
                filter: "status = 'PENDING'");

            migrationBuilder.CreateIndex(
                name: "ix_training_pools_owner_address_created_at",
                table: "training_pools",
                columns: new[] { "owner_address", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_payments_training_pool_id_created_at",
                table: "payments",
                columns: new[] { "training_pool_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_inbox_state_keep_until",
                table: "inbox_state",
                column: "keep_until")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_balance_checked_at",
                table: "deposit_wallets",
                column: "balance_checked_at");

            migrationBuilder.CreateIndex(
                name: "ix_deposit_wallets_history_read_at",
                table: "deposit_wallets",
                column: "history_read_at");

            migrationBuilder.CreateIndex(
                name: "ix_agents_owner_address_created_at",
                table: "agents",
                columns: new[] { "owner_address", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_agent_lifecycles_status",
                table: "agent_lifecycles",
                column: "status");
        }
    }
}
