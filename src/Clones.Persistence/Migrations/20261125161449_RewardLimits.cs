using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class RewardLimits : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "task_reward_limits",
                table: "training_pools",
                type: "jsonb",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<int>(
                name: "upload_limit_per_day",
                table: "training_pools",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "upload_limit_per_task",
                table: "training_pools",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "id",
                table: "reward_decisions",
                type: "uuid",
                nullable: false,
                defaultValueSql: "gen_random_uuid()");

            migrationBuilder.CreateIndex(
                name: "ix_reward_decisions_training_pool_id_id",
                table: "reward_decisions",
                columns: new[] { "training_pool_id", "id" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_reward_decisions_training_pool_id_id",
                table: "reward_decisions");

            migrationBuilder.DropColumn(
                name: "task_reward_limits",
                table: "training_pools");

            migrationBuilder.DropColumn(
                name: "upload_limit_per_day",
                table: "training_pools");

            migrationBuilder.DropColumn(
                name: "upload_limit_per_task",
                table: "training_pools");

            migrationBuilder.DropColumn(
                name: "id",
                table: "reward_decisions");
        }
    }
}
