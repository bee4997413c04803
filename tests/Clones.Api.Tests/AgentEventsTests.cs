using System.Net;
using System.Net.ServerSentEvents;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Agents;
using Clones.Persistence.Agents;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class AgentEventsTests(ApiFixture api) : IAsyncLifetime
{
    private Owner owner = null!;
    private Guid agentId;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        agentId = await api.CreateAgentAsync(owner, poolId);
    }

    public ValueTask DisposeAsync()
    {
        owner.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_stream_begins_with_what_has_been_and_goes_on_with_what_any_process_writes()
    {
        await WriteAsync("REGISTER");
        await using var stream = await OpenAsync();
        (await stream.NextAsync()).Data.ShouldContain("\"event\":\"REGISTER\"");

        await WriteAsync("INITIATE_DEPLOYMENT");
        await WriteAsync("RETRY", accepted: false);

        var second = await stream.NextAsync();
        (second.EventType, second.EventId).ShouldBe(("transition", "2"));
        second.Data.ShouldContain("\"event\":\"INITIATE_DEPLOYMENT\"");
        (await stream.NextAsync()).Data.ShouldContain("\"accepted\":false");
    }

    [Fact]
    public async Task Who_comes_back_with_the_last_id_gets_the_rest_and_nothing_twice()
    {
        foreach (var name in (string[])["REGISTER", "INITIATE_DEPLOYMENT", "TOKEN_CREATION_SUCCESS"])
        {
            await WriteAsync(name);
        }

        await using var stream = await OpenAsync(lastEventId: "1");

        (await stream.NextAsync()).EventId.ShouldBe("2");
        (await stream.NextAsync()).EventId.ShouldBe("3");
    }

    [Fact]
    public async Task An_agent_that_the_workers_have_not_taken_up_yet_has_a_stream_that_waits()
    {
        await using (var db = api.OpenDatabase())
        {
            await db.AgentLifecycles.Where(l => l.CorrelationId == agentId).ExecuteDeleteAsync(Ct);
        }

        await using var stream = await OpenAsync();

        await WriteAsync("REGISTER");

        (await stream.NextAsync()).EventId.ShouldBe("1");
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    [InlineData("2", "is beyond the history of this agent, which ends with 1")]
    public async Task A_last_id_that_is_none_is_rejected_by_name(string lastEventId, string reason = "must be the id of an event")
    {
        await WriteAsync("REGISTER");

        using var answer = await SendAsync(owner.Http, lastEventId);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        text.ShouldContain("Last-Event-ID");
        text.ShouldContain(reason);
    }

    [Fact]
    public async Task The_agent_of_somebody_else_has_no_stream()
    {
        using var stranger = await Owner.SignInAsync(api);

        using var answer = await SendAsync(stranger.Http, null);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>As the lifecycle does it: the row and the instance's number in one commit.</summary>
    private async Task WriteAsync(string name, bool accepted = true)
    {
        await using var db = api.OpenDatabase();
        var life = await db.AgentLifecycles.SingleOrDefaultAsync(l => l.CorrelationId == agentId, Ct);
        if (life is null)
        {
            db.AgentLifecycles.Add(life = new AgentLifecycleInstance { CorrelationId = agentId, CurrentState = "Draft" });
        }

        life.Sequence++;
        db.AgentTransitions.Add(
            new AgentTransition
            {
                AgentId = agentId,
                Sequence = life.Sequence,
                FromStatus = "DRAFT",
                ToStatus = "DRAFT",
                Event = name,
                Accepted = accepted,
                Actor = $"wallet:{owner.Address}",
                OccurredAt = DateTimeOffset.UnixEpoch,
            }
        );
        await db.SaveChangesAsync(Ct);
    }

    private Task<HttpResponseMessage> SendAsync(HttpClient http, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/agents/{agentId}/events");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    private async Task<OpenStream> OpenAsync(string? lastEventId = null)
    {
        var answer = await SendAsync(owner.Http, lastEventId);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new OpenStream(answer, await answer.Content.ReadAsStreamAsync(Ct));
    }

    /// <summary>Its transitions one by one; the pings between them are passed over.</summary>
    private sealed class OpenStream(HttpResponseMessage answer, Stream body) : IAsyncDisposable
    {
        private readonly IAsyncEnumerator<SseItem<string>> items = SseParser.Create(body).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);

        public async Task<SseItem<string>> NextAsync()
        {
            do
            {
                (await items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct)).ShouldBeTrue("the stream has ended");
            } while (items.Current.EventType == "ping");
            return items.Current;
        }

        public async ValueTask DisposeAsync()
        {
            answer.Dispose();
            await Task.CompletedTask;
        }
    }
}
