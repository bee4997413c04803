using Clones.Contracts.Agents;

namespace Clones.Lifecycle.Tests;

public sealed class AgentLifecycleGraphTests
{
    private readonly AgentLifecycleGraph graph = new AgentLifecycleStateMachine().Graph;

    [Fact]
    public void The_running_machine_has_exactly_the_arrows_of_the_specification()
    {
        var drawn = LifecycleDiagram.Arrows.Where(a => a.From is not null && a.To is not null);
        var running = graph.Transitions.Where(t => t.From is not null).Select(t => new DiagramArrow(t.From, t.Event, t.To, t.Condition));

        running.ShouldBe(drawn, ignoreOrder: true);
    }

    [Fact]
    public void A_life_begins_and_ends_where_the_specification_says()
    {
        var first = graph.Transitions.Where(t => t.From is null).ShouldHaveSingleItem();

        first.Event.ShouldBe("REGISTER");
        first.To.ShouldBe(LifecycleDiagram.Arrows.Single(a => a.From is null).To);
        graph.Ends().ShouldBe(LifecycleDiagram.Arrows.Where(a => a.To is null).Select(a => a.From!));
    }

    [Fact]
    public void States_and_events_are_those_of_the_contracts()
    {
        graph.Statuses.ShouldBe(AgentStatus.All);
        graph.Events.ShouldBe(AgentEvent.All);
    }

    [Fact]
    public void Cancel_fail_and_retry_are_the_events_that_a_submission_in_flight_holds_up()
    {
        string[] heldUp = [AgentEvent.Cancel, AgentEvent.Fail, AgentEvent.Retry];

        foreach (var transition in graph.Transitions)
        {
            transition.RefusedDuringSubmission.ShouldBe(heldUp.Contains(transition.Event), transition.ToString());
        }
    }
}
