using System.Net;
using System.Xml.Linq;
using Clones.Api.Tests.Hosting;
using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class LifecycleTests(ApiFixture api) : IAsyncLifetime
{
    private static readonly AgentLifecycleGraph Graph = new(
        ["DRAFT", "PENDING", "DEPLOYED", "ARCHIVED"],
        ["START", "DONE", "CANCEL", "ARCHIVE"],
        [
            new(null, "REGISTER", "DRAFT", null, false),
            new("DRAFT", "START", "PENDING", null, false),
            new("PENDING", "DONE", "DEPLOYED", "if <all> is well", false),
            new("PENDING", "CANCEL", "DRAFT", null, true),
            new("DRAFT", "ARCHIVE", "ARCHIVED", null, false),
        ]
    );

    private Owner owner = null!;
    private Guid agentId;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        agentId = await api.CreateAgentAsync(owner, poolId, "PENDING");
        await using var db = api.OpenDatabase();
        await db.LifecycleMachines.ExecuteDeleteAsync(Ct);
        db.LifecycleMachines.Add(LifecycleMachine.Of(Graph with { Statuses = ["OLD"], Transitions = [] }, DateTimeOffset.UnixEpoch));
        db.LifecycleMachines.Add(LifecycleMachine.Of(Graph, DateTimeOffset.UnixEpoch.AddDays(1)));
        (string? From, string Event, string To, bool Accepted)[] rows =
        [
            (null, "REGISTER", "DRAFT", true),
            ("DRAFT", "START", "PENDING", true),
            ("PENDING", "CANCEL", "DRAFT", true),
            ("DRAFT", "DONE", "DRAFT", false),
            ("DRAFT", "START", "PENDING", true),
        ];
        foreach (var (row, index) in rows.Select((row, index) => (row, index)))
        {
            db.AgentTransitions.Add(
                new AgentTransition
                {
                    AgentId = agentId,
                    Sequence = index + 1,
                    FromStatus = row.From,
                    ToStatus = row.To,
                    Event = row.Event,
                    Accepted = row.Accepted,
                    Actor = "system",
                    OccurredAt = DateTimeOffset.UnixEpoch,
                }
            );
        }

        await db.SaveChangesAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        owner.Dispose();
        // Its status of this agent is none of the real ones.
        await using var db = api.OpenDatabase();
        await db.AgentLifecycles.Where(l => l.CorrelationId == agentId).ExecuteDeleteAsync(CancellationToken.None);
    }

    [Fact]
    public async Task The_machine_of_the_workers_that_started_last_is_shown_as_data()
    {
        var answer = await owner.Http.GetJsonAsync("/v1/agents/lifecycle");

        answer.Status.ShouldBe(200);
        answer.Body["statuses"]!.AsArray().Select(s => s!.GetValue<string>()).ShouldBe(Graph.Statuses);
        answer.Body["ends"]!.AsArray().Select(s => s!.GetValue<string>()).ShouldBe(["DEPLOYED", "ARCHIVED"]);
        var cancel = answer.Body["transitions"]![3]!;
        cancel["refusedDuringSubmission"]!.GetValue<bool>().ShouldBeTrue();
        cancel["taken"].ShouldBeNull();
        answer.Body["agent"].ShouldBeNull();
    }

    [Fact]
    public async Task The_path_of_an_agent_counts_what_it_did_and_not_what_it_was_rejected()
    {
        var answer = await owner.Http.GetJsonAsync($"/v1/agents/lifecycle?agent={agentId}");

        answer.Body["agent"]!["status"]!.GetValue<string>().ShouldBe("PENDING");
        answer.Body["transitions"]!.AsArray().Select(t => t!["taken"]!.GetValue<int>()).ShouldBe([1, 2, 0, 1, 0]);
    }

    [Fact]
    public async Task It_is_drawn_as_Mermaid_with_the_path_marked()
    {
        var text = await owner.Http.GetStringAsync($"/v1/agents/lifecycle?format=mermaid&agent={agentId}", Ct);

        text.ShouldStartWith("stateDiagram-v2\n");
        text.ShouldContain("    PENDING --> DRAFT: CANCEL\n");
        text.ShouldContain("    class DRAFT visited\n");
        text.ShouldContain("    class PENDING current\n");
    }

    [Fact]
    public async Task It_is_drawn_as_SVG_with_every_status_and_event_and_the_path_marked()
    {
        using var answer = await owner.Http.GetAsync($"/v1/agents/lifecycle?format=svg&agent={agentId}", Ct);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("image/svg+xml");
        var drawing = XDocument.Parse(await answer.Content.ReadAsStringAsync(Ct)).Root!;
        var texts = drawing.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        Graph.Statuses.ShouldBeSubsetOf(texts);
        texts.ShouldContain("START ×2");
        texts.ShouldContain("CANCEL (*)");
        texts.ShouldContain("DONE if <all> is well");
        var marked = drawing.Descendants().Where(e => e.Attribute("marker-end")?.Value == "url(#marked-head)");
        marked.Count().ShouldBe(2, "START, and CANCEL back");
    }

    [Theory]
    [InlineData("format=png", "format")]
    [InlineData("agent=1", "agent")]
    [InlineData("format=svg&format=json", "format")]
    [InlineData("colour=red", "colour")]
    public async Task A_parameter_that_is_none_is_rejected_by_name(string query, string name)
    {
        var answer = await owner.Http.GetJsonAsync($"/v1/agents/lifecycle?{query}");

        answer.Status.ShouldBe(400);
        answer.Body["errors"]![name].ShouldNotBeNull();
    }

    [Fact]
    public async Task The_path_of_somebody_elses_agent_is_not_shown()
    {
        using var stranger = await Owner.SignInAsync(api);

        (await stranger.Http.GetJsonAsync($"/v1/agents/lifecycle?agent={agentId}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Before_any_worker_has_started_there_is_nothing_to_draw_yet()
    {
        await using (var db = api.OpenDatabase())
        {
            await db.LifecycleMachines.ExecuteDeleteAsync(Ct);
        }

        using var answer = await owner.Http.GetAsync("/v1/agents/lifecycle", Ct);

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }
}
