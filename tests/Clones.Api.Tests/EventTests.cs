using Clones.Api.Tests.Hosting;
using Clones.Domain.Payments;
using RabbitMQ.Client;

namespace Clones.Api.Tests;

/// <summary>What other services tell by HTTP instead of by the broker.</summary>
public sealed class EventTests(ApiFixture api)
{
    private const string Path = "/v1/events/submission-graded";

    [Fact]
    public async Task A_graded_submission_comes_to_the_broker_as_other_services_would_publish_it()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await using var connection = await new ConnectionFactory { Uri = api.Broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = (await channel.QueueDeclareAsync()).QueueName;
        await channel.ExchangeDeclareAsync("submission-graded", "fanout", durable: true);
        await channel.QueueBindAsync(queue, "submission-graded", "");

        var answer = await service.SendJsonAsync(HttpMethod.Post, Path, Body(poolId, owner.Address));

        answer.Status.ShouldBe(202);
        answer.Response.Headers.Location!.OriginalString.ShouldBe($"/v1/pools/{poolId}/rewards?submissionId=grading%204711");
        var told = System.Text.Json.Nodes.JsonNode.Parse((await UntilAsync(channel, queue)).Body.Span)!;
        told["submissionId"]!.GetValue<string>().ShouldBe("grading 4711");
        told["trainingPoolId"]!.GetValue<Guid>().ShouldBe(poolId);
        told["submitter"]!.GetValue<string>().ShouldBe(owner.Address);
        told["score"]!.GetValue<int>().ShouldBe(82);
        (await owner.Http.GetJsonAsync(answer.Response.Headers.Location.OriginalString)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_the_workers_would_reject_is_rejected_by_the_endpoint_by_name()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        var rejected = await service.SendJsonAsync(
            HttpMethod.Post,
            Path,
            new
            {
                submissionId = "",
                trainingPoolId = poolId,
                submitter = "nobody",
                taskId = "a\u0000b",
                score = 101,
            }
        );

        rejected.Status.ShouldBe(400);
        foreach (var field in (string[])["submissionId", "submitter", "taskId", "score"])
        {
            rejected.Errors(field).ShouldHaveSingleItem();
        }

        (await service.SendJsonAsync(HttpMethod.Post, Path, Body(Guid.NewGuid(), owner.Address))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task An_id_that_was_decided_with_other_contents_is_rejected_and_with_the_same_it_is_not()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var id = $"grading-{Guid.NewGuid():N}";
        await using var db = api.OpenDatabase();
        db.RewardDecisions.Add(
            new RewardDecision
            {
                Id = Guid.CreateVersion7(),
                SubmissionId = id,
                TrainingPoolId = poolId,
                Submitter = owner.Address,
                Score = 40,
                Amount = 0,
                Reason = "A score below 50 pays nothing.",
                DecidedAt = DateTimeOffset.UnixEpoch,
            }
        );
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        (await TellAsync(40)).Status.ShouldBe(202);
        var rejected = await TellAsync(90);

        (rejected.Status, rejected.Code).ShouldBe((422, "idempotency_key_reused"));

        Task<Answer> TellAsync(int score) =>
            service.SendJsonAsync(
                HttpMethod.Post,
                Path,
                new
                {
                    submissionId = id,
                    trainingPoolId = poolId,
                    submitter = owner.Address,
                    score,
                }
            );
    }

    private static object Body(Guid poolId, string submitter) =>
        new
        {
            submissionId = "grading 4711",
            trainingPoolId = poolId,
            submitter,
            taskId = "task-7",
            score = 82,
        };

    private static async Task<BasicGetResult> UntilAsync(IChannel channel, string queue)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        while (true)
        {
            if (await channel.BasicGetAsync(queue, autoAck: true, limit.Token) is { } message)
            {
                return message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
        }
    }
}
