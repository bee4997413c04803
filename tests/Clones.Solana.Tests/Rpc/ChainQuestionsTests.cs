using Clones.Solana.Rpc;

namespace Clones.Solana.Tests.Rpc;

public sealed class ChainQuestionsTests : RpcFixture
{
    private int held;
    private int heldWhileAsked;

    [Fact]
    public async Task A_unit_holds_nothing_while_the_chain_is_asked_and_gets_every_answer()
    {
        Node.Says(request =>
        {
            heldWhileAsked += held;
            return $$"""{"jsonrpc":"2.0","id":{{request.GetProperty("id")}},"result":{{request.GetProperty("method").GetString()!.Length}}}""";
        });
        var ends = new List<ulong>();

        await ChainQuestions.RunAsync(() =>
            HoldingAsync(async () =>
            {
                var slot = await Client.GetSlotAsync(cancellationToken: Cancel);
                var heights = await Task.WhenAll(
                    Client.GetBlockHeightAsync(Commitment.Confirmed, cancellationToken: Cancel),
                    Client.GetBlockHeightAsync(Commitment.Finalized, cancellationToken: Cancel)
                );
                ends.Add(slot + heights[0] + heights[1] + await Client.GetSlotAsync(cancellationToken: Cancel));
            })
        );

        ends.ShouldBe([2ul * (ulong)"getSlot".Length + 2ul * (ulong)"getBlockHeight".Length]);
        (Node.Requests.Count, heldWhileAsked, held).ShouldBe((3, 0, 0));
    }

    [Fact]
    public async Task A_failure_is_an_answer_and_reads_go_to_the_next_node()
    {
        Node.Says(_ => "", 503);
        await using var second = await FakeNode.StartAsync();
        second.Result("7");
        using var http = new HttpClient();
        var endpoints = RpcEndpoints.Parse($"{Node.Url},{second.Url}", http, TimeProvider.System);
        ulong slot = 0;

        await ChainQuestions.RunAsync(async () => slot = await endpoints.ReadAsync((n, c) => n.GetSlotAsync(cancellationToken: c), Cancel));

        slot.ShouldBe(7ul);
        endpoints.Health[0].IsHealthy.ShouldBeFalse();
        await Should.ThrowAsync<RpcTransportException>(
            ChainQuestions.RunAsync(() => Client.GetSlotAsync(cancellationToken: Cancel)),
            "what the unit throws with all answers is its end"
        );
    }

    [Fact]
    public async Task What_goes_on_without_an_answer_does_not_commit()
    {
        Node.Result("7");
        var commits = new List<ulong?>();

        await ChainQuestions.RunAsync(async () =>
        {
            ulong? slot = null;
            try
            {
                slot = await Client.GetSlotAsync(cancellationToken: Cancel);
            }
            catch (Exception)
            {
                // As somebody might who takes every failure for a passing one.
            }
            ChainQuestions.RequireAnswers();
            commits.Add(slot);
        });

        commits.ShouldBe([7ul]);
    }

    [Fact]
    public async Task Outside_of_a_unit_every_question_goes_to_the_node()
    {
        Node.Result("7");
        await ChainQuestions.RunAsync(() => Client.GetSlotAsync(cancellationToken: Cancel));

        await Client.GetSlotAsync(cancellationToken: Cancel);
        await Client.GetSlotAsync(cancellationToken: Cancel);
        ChainQuestions.RequireAnswers();

        Node.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_unit_that_never_stops_asking_is_ended()
    {
        Node.Result("7");
        ulong next = 0;

        await Should.ThrowAsync<InvalidOperationException>(
            ChainQuestions.RunAsync(() => Client.GetSlotAsync(minContextSlot: ++next, cancellationToken: Cancel))
        );
    }

    private async Task HoldingAsync(Func<Task> act)
    {
        held++;
        try
        {
            await act();
        }
        finally
        {
            held--;
        }
    }
}
