using Clones.Domain.Transactions;
using Clones.Persistence.Transactions;

namespace Clones.Persistence.Tests;

public sealed class SqlTextTests
{
    [Fact]
    public void Lists_of_statuses_stand_in_a_statement_as_text_and_all_else_as_parameters()
    {
        var (id, name) = (Guid.NewGuid(), "'; DROP TABLE payments; --");

        var statement = SqlText.In(
            $"SELECT '{{}}' FROM transactions WHERE id = {id} AND status NOT IN {StatusLists.Ends} AND reason = {name}"
        );

        statement.Format.ShouldBe(
            "SELECT '{{}}' FROM transactions WHERE id = {0} AND status NOT IN ('FINALIZED', 'FAILED', 'CANCELLED') AND reason = {1}"
        );
        statement.GetArguments().ShouldBe([id, name]);
    }

    [Fact]
    public void The_lists_are_those_of_the_transition_tables()
    {
        StatusLists.EndsWithoutEffect.Text.ShouldBe("('FAILED', 'CANCELLED')");
        StatusLists.ToPrepare.Text.ShouldBe("('ACCEPTED', 'EXPIRED')");
        StatusLists.InFlight.ShouldBe(SqlText.ListOf(TransactionTransitions.InFlightStatuses));
    }
}
