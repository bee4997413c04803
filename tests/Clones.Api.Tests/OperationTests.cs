using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;
using Clones.Domain.Operations;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class OperationTests(ApiFixture api)
{
    [Fact]
    public async Task A_command_is_an_operation_to_be_followed()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentAsync(owner);

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/deploy");

        answer.Status.ShouldBe(202);
        answer.Text("kind").ShouldBe("INITIATE_DEPLOYMENT");
        answer.Text("status").ShouldBe("PENDING");
        answer.Response.Headers.Location!.ToString().ShouldBe($"/v1/operations/{answer.Id}");
        (await owner.Http.GetJsonAsync($"/v1/operations/{answer.Id}")).Text("agentId").ShouldBe(agentId.ToString());
    }

    [Fact]
    public async Task Who_waits_gets_the_agent_as_it_then_is()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentAsync(owner);
        var asked = owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/deploy", null, ("Prefer", "wait=20"));

        await api.AnswerAsync(
            "INITIATE_DEPLOYMENT",
            agentId,
            async (_, operation) =>
            {
                await api.SetStatusAsync(agentId, "PENDING_TOKEN_SIGNATURE");
                operation.Status = OperationStatus.Succeeded;
            }
        );

        var answer = await asked;
        answer.Status.ShouldBe(200);
        answer.Text("status").ShouldBe("PENDING_TOKEN_SIGNATURE");
        answer.Response.Headers.GetValues("Preference-Applied").ShouldBe(["wait=20"]);
    }

    [Fact]
    public async Task Who_waits_for_an_event_that_is_not_valid_learns_the_status_and_what_is_permitted()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentAsync(owner);
        var asked = owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/retry", null, ("Prefer", "respond-async, wait=20"));

        await api.AnswerAsync(
            "RETRY",
            agentId,
            (_, operation) =>
            {
                operation.Status = OperationStatus.Refused;
                operation.ErrorCode = "event_not_valid";
                operation.ErrorDetail = "RETRY is not valid in DRAFT.";
                operation.AgentStatus = "DRAFT";
                operation.PermittedEvents = ["INITIATE_DEPLOYMENT", "ARCHIVE"];
                return Task.CompletedTask;
            }
        );

        var answer = await asked;
        answer.Status.ShouldBe(409);
        answer.Code.ShouldBe("event_not_valid");
        answer.Text("currentStatus").ShouldBe("DRAFT");
        answer.Body["permittedEvents"]!.AsArray().Select(e => e!.GetValue<string>()).ShouldBe(["INITIATE_DEPLOYMENT", "ARCHIVE"]);
        var operation = await owner.Http.GetJsonAsync($"/v1/operations/{answer.Text("operationId")}");
        operation.Text("status").ShouldBe("REFUSED");
    }

    [Fact]
    public async Task Who_does_not_wait_long_enough_gets_the_operation()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentAsync(owner);

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/archive", null, ("Prefer", "wait=0"));

        answer.Status.ShouldBe(202);
        answer.Text("status").ShouldBe("PENDING");
    }

    [Fact]
    public async Task The_same_key_starts_the_work_once_and_another_request_under_it_is_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentAsync(owner);
        var key = ("Idempotency-Key", "k");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/deploy", null, key))
        );
        var other = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/archive", null, key);

        answers.ShouldAllBe(a => a.Status == 202);
        answers.Select(a => a.Id).Distinct().ShouldHaveSingleItem();
        other.Status.ShouldBe(422);
        other.Code.ShouldBe("idempotency_key_reused");
    }

    [Fact]
    public async Task A_training_pool_created_twice_under_one_key_is_one()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var body = new
        {
            name = "Demos",
            tokenSymbol = token.Symbol,
            pricePerDemo = "2.5",
            skills = new[] { "excel" },
            uploadLimit = 3,
        };

        var first = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/pools", body, ("Idempotency-Key", "k"));
        var again = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/pools", body, ("Idempotency-Key", "k"));

        again.Text("trainingPoolId").ShouldBe(first.Text("trainingPoolId"));
        var pool = await owner.Http.GetJsonAsync($"/v1/pools/{first.Text("trainingPoolId")}");
        pool.Text("pricePerDemo").ShouldBe("2.5");
        pool.Body["depositAddress"].ShouldBeNull();
        pool.Text("status").ShouldBe("NO_FUNDS");
    }

    [Fact]
    public async Task A_command_reaches_the_broker_as_plain_JSON()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentAsync(owner);
        var broker = await api.BrokerManagementAsync();
        var host = Uri.EscapeDataString(api.Broker.Name);
        (
            await broker.PutAsJsonAsync($"exchanges/{host}/deactivate-agent", new { type = "fanout", durable = true })
        ).EnsureSuccessStatusCode();
        (await broker.PutAsJsonAsync($"queues/{host}/listener", new { durable = false })).EnsureSuccessStatusCode();
        (await broker.PostAsJsonAsync($"bindings/{host}/e/deactivate-agent/q/listener", new { })).EnsureSuccessStatusCode();

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/deactivate");

        var message = await FirstMessageAsync(broker, $"queues/{host}/listener/get");
        message["agentId"]!.GetValue<Guid>().ShouldBe(agentId);
        message["operationId"]!.GetValue<Guid>().ShouldBe(answer.Id);
        message["actor"]!.GetValue<string>().ShouldBe($"wallet:{owner.Address}");
    }

    [Fact]
    public async Task An_agent_whose_lifecycle_has_not_begun_takes_no_command_that_could_overtake_it()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var created = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId));

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{created.Id}/deploy");

        answer.Status.ShouldBe(503);
        answer.Code.ShouldBe("workers_busy");
        await using var db = api.OpenDatabase();
        (await db.Operations.CountAsync(o => o.AgentId == created.Id && o.Kind == "INITIATE_DEPLOYMENT")).ShouldBe(0);
    }

    private async Task<Guid> AgentAsync(Owner owner)
    {
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        return await api.CreateAgentAsync(owner, poolId);
    }

    private static async Task<JsonNode> FirstMessageAsync(HttpClient broker, string path)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (true)
        {
            var got = await broker.PostAsJsonAsync(
                path,
                new
                {
                    count = 1,
                    ackmode = "ack_requeue_false",
                    encoding = "auto",
                },
                limit.Token
            );
            var messages = await got.Content.ReadFromJsonAsync<JsonArray>(limit.Token);
            if (messages is [{ } message])
            {
                return JsonNode.Parse(message["payload"]!.GetValue<string>())!;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
