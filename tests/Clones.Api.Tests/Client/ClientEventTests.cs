using Clones.Api.Tests.Hosting;
using Clones.Client;
using Clones.Domain.Agents;
using Clones.Testing;
using Microsoft.AspNetCore.Http;

namespace Clones.Api.Tests.Client;

public sealed class ClientEventTests(ApiFixture api)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_history_of_an_agent_comes_as_it_is_written()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId);
        using var client = api.ClientOf(owner);
        await WriteAsync(agentId, 1, "REGISTER");
        await using var rows = client.StreamAgentEventsAsync(agentId, cancellationToken: Ct).GetAsyncEnumerator(Ct);

        (await NextAsync(rows)).Event.ShouldBe("REGISTER");
        await WriteAsync(agentId, 2, "INITIATE_DEPLOYMENT");
        (await NextAsync(rows)).ShouldSatisfyAllConditions(r => r.Sequence.ShouldBe(2), r => r.Event.ShouldBe("INITIATE_DEPLOYMENT"));
    }

    [Fact]
    public async Task Who_has_seen_the_beginning_gets_the_rest()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId);
        using var client = api.ClientOf(owner);
        await WriteAsync(agentId, 1, "REGISTER");
        await WriteAsync(agentId, 2, "INITIATE_DEPLOYMENT");

        await using var rows = client.StreamAgentEventsAsync(agentId, afterSequence: 1, Ct).GetAsyncEnumerator(Ct);

        (await NextAsync(rows)).Sequence.ShouldBe(2);
    }

    [Fact]
    public async Task What_is_rejected_for_good_is_thrown()
    {
        using var owner = await Owner.SignInAsync(api);
        using var client = api.ClientOf(owner);
        await using var rows = client.StreamAgentEventsAsync(Guid.NewGuid(), cancellationToken: Ct).GetAsyncEnumerator(Ct);

        (await Should.ThrowAsync<ClonesProblemException>(() => NextAsync(rows))).Code.ShouldBe("not_found");
    }

    [Fact]
    public async Task A_stream_that_breaks_is_resumed_behind_the_last_row_that_was_seen()
    {
        var isRead = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(
            Streams(isRead.Task, "retry: 1\nevent: ping\ndata: null\n\n", Row(1), Row(2)),
            ScriptedServer.Rejects(503, "workers_busy"),
            Streams(null, "retry: 1\n", Row(2), Row(3)),
            Streams(null, Row(4))
        );
        using var client = server.Client();
        await using var rows = client.StreamAgentEventsAsync(Guid.NewGuid(), cancellationToken: Ct).GetAsyncEnumerator(Ct);

        foreach (var expected in (long[])[1, 2])
        {
            (await NextAsync(rows)).Sequence.ShouldBe(expected);
        }

        isRead.SetResult();
        foreach (var expected in (long[])[3, 4])
        {
            (await NextAsync(rows)).Sequence.ShouldBe(expected);
        }

        server.Seen.Select(s => s.Headers.GetValueOrDefault("Last-Event-ID")).ShouldBe([null, "2", "2", "3"]);
    }

    [Fact]
    public async Task A_stream_that_falls_silent_is_opened_anew()
    {
        await using var server = await ScriptedServer.StartAsync(
            async context =>
            {
                await Streams(null, "retry: 1\n", Row(1))(context);
                await ScriptedServer.IsSilent(context);
            },
            Streams(null, Row(2))
        );
        using var client = server.Client(silenceMax: TimeSpan.FromSeconds(3));
        await using var rows = client.StreamAgentEventsAsync(Guid.NewGuid(), cancellationToken: Ct).GetAsyncEnumerator(Ct);

        (await NextAsync(rows)).Sequence.ShouldBe(1);
        (await NextAsync(rows)).Sequence.ShouldBe(2);
    }

    private static string Row(int sequence) =>
        $$"""
            event: transition
            id: {{sequence}}
            data: {"sequence":{{sequence}},"from":null,"to":"DRAFT","event":"REGISTER","accepted":true,"actor":"a","reason":null,"transactionId":null,"signature":null,"operationId":null,"occurredAt":"2026-11-25T12:00:00+00:00"}


            """.ReplaceLineEndings("\n");

    /// <param name="breaksAfter">Null for a stream that ends as it should.</param>
    private static Func<HttpContext, Task> Streams(Task? breaksAfter, params string[] parts) =>
        async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync(string.Concat(parts));
            await context.Response.Body.FlushAsync();
            if (breaksAfter is null)
            {
                return;
            }

            await breaksAfter;
            context.Abort();
        };

    private static async Task<TransitionView> NextAsync(IAsyncEnumerator<TransitionView> rows)
    {
        (await rows.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Ct)).ShouldBeTrue();
        return rows.Current;
    }

    private async Task WriteAsync(Guid agentId, long sequence, string name)
    {
        await using var db = api.OpenDatabase();
        var life = (await db.AgentLifecycles.FindAsync([agentId], Ct))!;
        life.Sequence = sequence;
        life.Version++;
        db.AgentTransitions.Add(
            new AgentTransition
            {
                AgentId = agentId,
                Sequence = sequence,
                FromStatus = sequence == 1 ? null : "DRAFT",
                ToStatus = "DRAFT",
                Event = name,
                Accepted = true,
                Actor = "wallet:test",
                OccurredAt = DateTimeOffset.UnixEpoch,
            }
        );
        await db.SaveChangesAsync(Ct);
    }
}
