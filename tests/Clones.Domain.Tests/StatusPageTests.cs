using System.Text;
using Clones.Domain.Payments;
using Clones.Domain.Transactions;
using Clones.Domain.Webhooks;
using Clones.Testing;

namespace Clones.Domain.Tests;

/// <summary>docs/statuses.md is drawn from the transition tables; <c>CLONES_WRITE_DOCS=1</c> writes it anew.</summary>
public sealed class StatusPageTests
{
    [Fact]
    public void The_page_of_statuses_shows_the_transition_tables_as_they_are()
    {
        var path = Repository.PathOf("docs", "statuses.md");
        var page = Page();
        if (Environment.GetEnvironmentVariable("CLONES_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, page);
        }

        (File.ReadAllText(path) == page).ShouldBeTrue("docs/statuses.md is out of date; CLONES_WRITE_DOCS=1 writes it anew");
    }

    private static string Page()
    {
        var page = new StringBuilder(
            """
            # Statuses

            Every change of a status that is allowed, with its cause. Drawn from the transition tables in `src/Clones.Domain`; a test fails when this page
            differs from them. The code throws on any other change, a trigger of the database rejects it, and the simulator and the chaos run report it.
            The status of an agent has a page of its own: [lifecycle.md](lifecycle.md).

            Write it anew:

                CLONES_WRITE_DOCS=1 dotnet run --project tests/Clones.Domain.Tests -- -class "*StatusPageTests"

            """
        );
        Add("Payment", PaymentTransitions.Table);
        Add("Transaction of payments", TransactionTransitions.OfPayments);
        Add("Transaction of a deployment", TransactionTransitions.OfDeployments);
        Add("Attempt", AttemptTransitions.Table);
        Add("Webhook delivery", WebhookDeliveryTransitions.Table);
        return page.ToString();

        void Add<TStatus>(string title, TransitionTable<TStatus> table)
            where TStatus : struct, Enum => page.Append($"\n## {title}\n```mermaid\n{table.ToMermaid()}```\n");
    }
}
