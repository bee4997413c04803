using System.Text;
using Clones.Contracts.Agents;

namespace Clones.Lifecycle;

/// <summary>docs/lifecycle.md: the graph as a Mermaid drawing and as a table of every event in every state.</summary>
internal static class AgentLifecyclePage
{
    public static string Write(AgentLifecycleGraph graph)
    {
        var page = new StringBuilder();
        page.Append(
            """
            # The lifecycle of an agent

            Drawn from the running state machine (`src/Clones.Lifecycle/AgentLifecycleStateMachine.cs`). A test fails when this page
            differs from it; to write it anew:

                CLONES_WRITE_DOCS=1 dotnet run --project tests/Clones.Lifecycle.Tests -- -class "*AgentLifecyclePageTests"


            """
        );
        page.Append("```mermaid\n").Append(LifecycleMermaid.Draw(graph)).Append("```\n\n");
        page.Append(
            """
            An agent is in exactly one status. An event that the table does not permit changes nothing: the history gets a row that says it was
            rejected and why, and the operation that asked ends as `REFUSED` with the code `event_not_valid`, the current status and the permitted
            events. A success that is delivered again for a signature already stored is no event at all: it is recorded once.

            Events marked (*) are rejected with `submission_in_flight` while a transaction of the agent may still land: the chain decides first.
            The answer names the last block height at which it can land (`lastValidBlockHeight`) and the finalized one from which on an expiry
            proof is possible (`possibleAtBlockHeight`). `CANCEL` is also rejected while a transaction that has landed is still being read.

            After the database was restored or moved, `CANCEL`, and `ARCHIVE` of a draft or a failed agent, are rejected with `chain_is_read` until
            the chain has been read again: the agent may have on chain what the database has forgotten.

            A success moves an agent only where the database shows the same: the workers write there what they have read from the finalized chain,
            in the commit that sends the message. Any other success is rejected with `success_not_on_record`, whoever has sent it. What was
            cancelled or has failed and landed nevertheless moves the agent on from `DRAFT` and `FAILED` too.

            `RETRY` reads the chain before it chooses: a token that landed without the agent knowing is adopted, and the liquidity pool is next.

            `FAIL` stores its reason as the last error and counts consecutive failures; a success clears both. `CANCEL` and `FAIL` close the
            transaction that was prepared for the owner in the same commit, so it cannot be submitted afterwards.

            `REGISTER` is not an event that anybody sends to an agent: it begins the life of one that the API has stored. An event that
            overtakes it is tried again for some seconds.

            In the table "-" means that the event is rejected.

            | event |
            """
        );
        foreach (var status in graph.Statuses)
        {
            page.Append(' ').Append(status).Append(" |");
        }

        page.Append("\n|---|").Append(string.Concat(graph.Statuses.Select(_ => "---|"))).Append('\n');
        foreach (var name in graph.Events)
        {
            page.Append("| ").Append(name).Append(" |");
            foreach (var status in graph.Statuses)
            {
                page.Append(' ').Append(Cell(graph, status, name)).Append(" |");
            }

            page.Append('\n');
        }
        return page.ToString();
    }

    private static string Cell(AgentLifecycleGraph graph, string status, string name)
    {
        var arrows = graph.Transitions.Where(t => t.From == status && t.Event == name).ToArray();
        return arrows.Length == 0
            ? "-"
            : string.Join(
                "<br>",
                arrows.Select(t =>
                    $"**{t.To}**" + (t.Condition is null ? "" : $" {t.Condition}") + (t.RefusedDuringSubmission ? " (*)" : "")
                )
            );
    }
}
