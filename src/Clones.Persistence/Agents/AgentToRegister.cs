namespace Clones.Persistence.Agents;

/// <summary>
/// An agent that is stored, and whose lifecycle has not begun yet: few, and for a moment. The database keeps the list by itself, so that nobody
/// looks for those who are missing among all that are there.
/// </summary>
public sealed class AgentToRegister
{
    internal const string Triggers = """
        CREATE FUNCTION agents_to_register_follow() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
            IF TG_TABLE_NAME = 'agents' THEN
                INSERT INTO agents_to_register (agent_id)
                    SELECT a.id FROM added a WHERE NOT EXISTS (SELECT 1 FROM agent_lifecycles l WHERE l.agent_id = a.id);
            ELSE
                DELETE FROM agents_to_register r USING added a WHERE r.agent_id = a.agent_id;
            END IF;
            RETURN NULL;
        END $body$;

        CREATE TRIGGER agents_to_register_stored AFTER INSERT ON agents REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION agents_to_register_follow();
        CREATE TRIGGER agents_to_register_begun AFTER INSERT ON agent_lifecycles REFERENCING NEW TABLE AS added
            FOR EACH STATEMENT EXECUTE FUNCTION agents_to_register_follow();
        """;

    public required Guid AgentId { get; init; }
}
