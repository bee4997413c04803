using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class OnChainTransactionsTable : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_chain_landings_deposit_wallets_wallet_id",
                table: "chain_landings");

            migrationBuilder.DropPrimaryKey(
                name: "pk_chain_landings",
                table: "chain_landings");

            migrationBuilder.RenameTable(
                name: "chain_landings",
                newName: "on_chain_transactions");

            migrationBuilder.RenameIndex(
                name: "ix_chain_landings_wallet_id",
                table: "on_chain_transactions",
                newName: "ix_on_chain_transactions_wallet_id");

            migrationBuilder.RenameIndex(
                name: "ix_chain_landings_transaction_id",
                table: "on_chain_transactions",
                newName: "ix_on_chain_transactions_transaction_id");

            migrationBuilder.RenameIndex(
                name: "ix_chain_landings_payment_tags",
                table: "on_chain_transactions",
                newName: "ix_on_chain_transactions_payment_tags");

            migrationBuilder.AddPrimaryKey(
                name: "pk_on_chain_transactions",
                table: "on_chain_transactions",
                column: "signature");

            migrationBuilder.AddForeignKey(
                name: "fk_on_chain_transactions_deposit_wallets_wallet_id",
                table: "on_chain_transactions",
                column: "wallet_id",
                principalTable: "deposit_wallets",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_on_chain_transactions_deposit_wallets_wallet_id",
                table: "on_chain_transactions");

            migrationBuilder.DropPrimaryKey(
                name: "pk_on_chain_transactions",
                table: "on_chain_transactions");

            migrationBuilder.RenameTable(
                name: "on_chain_transactions",
                newName: "chain_landings");

            migrationBuilder.RenameIndex(
                name: "ix_on_chain_transactions_wallet_id",
                table: "chain_landings",
                newName: "ix_chain_landings_wallet_id");

            migrationBuilder.RenameIndex(
                name: "ix_on_chain_transactions_transaction_id",
                table: "chain_landings",
                newName: "ix_chain_landings_transaction_id");

            migrationBuilder.RenameIndex(
                name: "ix_on_chain_transactions_payment_tags",
                table: "chain_landings",
                newName: "ix_chain_landings_payment_tags");

            migrationBuilder.AddPrimaryKey(
                name: "pk_chain_landings",
                table: "chain_landings",
                column: "signature");

            migrationBuilder.AddForeignKey(
                name: "fk_chain_landings_deposit_wallets_wallet_id",
                table: "chain_landings",
                column: "wallet_id",
                principalTable: "deposit_wallets",
                principalColumn: "id",
                onDelete: ReferentialAction.Restrict);
        }
    }
}
