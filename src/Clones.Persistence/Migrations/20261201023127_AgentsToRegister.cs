using System;
using Clones.Persistence.Agents;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Clones.Persistence.Migrations
{
    /// <inheritdoc />
    public partial class AgentsToRegister : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "agents_to_register",
                columns: table => new
                {
                    agent_id = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agents_to_register", x => x.agent_id);
                    table.ForeignKey(
                        name: "fk_agents_to_register_agents_agent_id",
                        column: x => x.agent_id,
                        principalTable: "agents",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            // The triggers first: they keep others from writing until the commit.
            migrationBuilder.Sql(AgentToRegister.Triggers);
            migrationBuilder.Sql(
                """
                INSERT INTO agents_to_register (agent_id)
                    SELECT a.id FROM agents a WHERE NOT EXISTS (SELECT 1 FROM agent_lifecycles l WHERE l.agent_id = a.id);
                """
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // With its triggers.
            migrationBuilder.Sql("DROP FUNCTION agents_to_register_follow CASCADE;");

            migrationBuilder.DropTable(
                name: "agents_to_register");
        }
    }
}
