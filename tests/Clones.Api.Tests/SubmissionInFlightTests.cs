using Clones.Api.Tests.Hosting;
using Clones.Contracts.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

/// <summary>CANCEL and RETRY while something of the agent may still land.</summary>
public sealed class SubmissionInFlightTests(ApiFixture api)
{
    private const ulong LastValid = 2_000;

    [Theory]
    [InlineData("cancel", "CANCEL")]
    [InlineData("retry", "RETRY")]
    public async Task What_has_to_wait_for_the_chain_is_409_with_the_heights_although_nobody_asked_to_wait(string verb, string kind)
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentWithSubmissionAsync(owner);
        var asked = owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/{verb}");
        await RejectAsync(agentId, kind);

        var answer = await asked;

        ShouldTellTheHeights(answer);
        answer.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThan(60);
        var operation = await owner.Http.GetJsonAsync($"/v1/operations/{answer.Text("operationId")}");
        operation.Text("status").ShouldBe("REFUSED");
        operation.Body["error"]!["lastValidBlockHeight"]!.GetValue<ulong>().ShouldBe(LastValid);
        operation.Body["error"]!["possibleAtBlockHeight"]!.GetValue<ulong>().ShouldBe(LastValid + 32);
    }

    [Fact]
    public async Task Who_waits_gets_the_same()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentWithSubmissionAsync(owner);
        var asked = owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/cancel", null, ("Prefer", "wait=20"));
        await RejectAsync(agentId, "CANCEL");

        ShouldTellTheHeights(await asked);
    }

    [Fact]
    public async Task The_same_key_gets_the_same_rejection_again_and_starts_nothing()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentWithSubmissionAsync(owner);
        var key = ("Idempotency-Key", "k");
        var asked = owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/cancel", null, key);
        await RejectAsync(agentId, "CANCEL");
        var first = await asked;
        await using var db = api.OpenDatabase();
        await db
            .TransactionAttempts.Where(a => db.Transactions.Any(t => t.Id == a.TransactionId && t.AgentId == agentId))
            .ExecuteUpdateAsync(s => s.SetProperty(a => a.Status, AttemptStatus.Expired));

        var again = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/cancel", null, key);

        ShouldTellTheHeights(again);
        again.Text("operationId").ShouldBe(first.Text("operationId"));
        (await db.Operations.CountAsync(o => o.AgentId == agentId && o.Kind == "CANCEL")).ShouldBe(1);
    }

    [Fact]
    public async Task What_becomes_possible_meanwhile_is_an_operation_as_ever()
    {
        using var owner = await Owner.SignInAsync(api);
        var agentId = await AgentWithSubmissionAsync(owner);
        var asked = owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/cancel");
        await api.AnswerAsync(
            "CANCEL",
            agentId,
            (_, operation) =>
            {
                (operation.Status, operation.AgentStatus) = (OperationStatus.Succeeded, AgentStatus.Draft);
                return Task.CompletedTask;
            }
        );

        var answer = await asked;

        answer.Status.ShouldBe(202);
        answer.Text("agentStatus").ShouldBe(AgentStatus.Draft);
    }

    private static void ShouldTellTheHeights(Answer answer)
    {
        answer.Status.ShouldBe(409);
        answer.Code.ShouldBe("submission_in_flight");
        answer.Text("currentStatus").ShouldBe(AgentStatus.PendingTokenSignature);
        answer.Text("detail").ShouldContain("Ask again");
        answer.Body["lastValidBlockHeight"]!.GetValue<ulong>().ShouldBe(LastValid);
        answer.Body["possibleAtBlockHeight"]!.GetValue<ulong>().ShouldBe(LastValid + 32);
        answer.Body["blockHeight"]!.GetValue<ulong>().ShouldBeLessThanOrEqualTo(LastValid);
    }

    private Task RejectAsync(Guid agentId, string kind) =>
        api.AnswerAsync(
            kind,
            agentId,
            (_, operation) =>
            {
                operation.Status = OperationStatus.Refused;
                operation.ErrorCode = "submission_in_flight";
                operation.ErrorDetail = $"{kind} has to wait. Ask again when the finalized block height is {LastValid + 32}.";
                operation.AgentStatus = AgentStatus.PendingTokenSignature;
                operation.PermittedEvents = [AgentEvent.TokenCreationSuccess];
                (operation.LastValidBlockHeight, operation.PossibleAtBlockHeight) = (LastValid, LastValid + 32);
                return Task.CompletedTask;
            }
        );

    private async Task<Guid> AgentWithSubmissionAsync(Owner owner)
    {
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId, AgentStatus.PendingTokenSignature);
        var (transaction, _) = await api.PrepareAsync(agentId, poolId, owner, wallet, LastValid);
        await using var db = api.OpenDatabase();
        await db
            .TransactionAttempts.Where(a => a.TransactionId == transaction.Id)
            .ExecuteUpdateAsync(s => s.SetProperty(a => a.Status, AttemptStatus.Broadcast));
        return agentId;
    }
}
