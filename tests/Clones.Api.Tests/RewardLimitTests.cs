using Clones.Api.Tests.Hosting;
using Clones.Domain.Payments;
using Clones.Solana.Primitives;

namespace Clones.Api.Tests;

public sealed class RewardLimitTests(ApiFixture api)
{
    [Fact]
    public async Task The_limits_of_a_pool_are_kept_in_base_units_shown_in_whole_ones_and_lifted()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync(decimals: 6);
        var created = await CreateAsync(owner, token.Symbol, new { task7 = "5", other = "0.000001" });
        created.Status.ShouldBe(202);
        var path = $"/v1/pools/{created.Text("trainingPoolId")}";

        var pool = await owner.Http.GetJsonAsync(path);
        (pool.Body["uploadLimit"]!.GetValue<int>(), pool.Body["uploadLimitPerDay"]!.GetValue<int>()).ShouldBe((9, 3));
        pool.Body["uploadLimitPerTask"]!.GetValue<int>().ShouldBe(1);
        pool.Body["taskRewardLimits"]!.ToJsonString().ShouldBe("""{"other":"0.000001","task7":"5"}""");
        await using (var db = api.OpenDatabase())
        {
            (await db.TrainingPools.FindAsync(Guid.Parse(created.Text("trainingPoolId"))))!.TaskRewardLimits["task7"].ShouldBe(5_000_000ul);
        }

        var changed = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new
            {
                uploadLimitPerDay = (int?)null,
                uploadLimitPerTask = 2,
                taskRewardLimits = new { task8 = "1" },
            },
            ("If-Match", "*")
        );

        changed.Body["uploadLimit"]!.GetValue<int>().ShouldBe(9);
        changed.Body["uploadLimitPerDay"].ShouldBeNull();
        changed.Body["taskRewardLimits"]!.ToJsonString().ShouldBe("""{"task8":"1"}""");
        var lifted = await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { taskRewardLimits = new { } }, ("If-Match", "*"));
        lifted.Body["taskRewardLimits"]!.AsObject().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1.0000001")]
    [InlineData("1e3")]
    [InlineData(null)]
    public async Task A_reward_limit_that_is_no_amount_of_the_token_is_rejected_by_name(string? limit)
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync(decimals: 6);

        (await CreateAsync(owner, token.Symbol, new Dictionary<string, string?> { ["t"] = limit }))
            .Errors("taskRewardLimits")
            .ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Tasks_without_a_name_with_a_bad_one_or_too_many_are_rejected()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var many = Enumerable.Range(0, 101).ToDictionary(i => $"t{i}", _ => "1");

        foreach (
            var limits in (object[])[new Dictionary<string, string> { [""] = "1" }, new Dictionary<string, string> { ["a\0"] = "1" }, many]
        )
        {
            (await CreateAsync(owner, token.Symbol, limits)).Errors("taskRewardLimits").ShouldNotBeEmpty();
        }

        (await CreateAsync(owner, token.Symbol, new { }, perDay: 0)).Errors("uploadLimitPerDay").ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Decisions_are_read_by_the_owner_page_by_page_those_that_pay_nothing_too()
    {
        using var owner = await Owner.SignInAsync(api);
        using var stranger = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        using var person = Account.Generate();
        await using (var db = api.OpenDatabase())
        {
            for (var i = 0; i < 3; i++)
            {
                db.RewardDecisions.Add(
                    new RewardDecision
                    {
                        Id = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddSeconds(i)),
                        SubmissionId = $"{poolId}-{i}",
                        TrainingPoolId = poolId,
                        Submitter = person.PublicKey.ToString(),
                        TaskId = $"task-{i}",
                        Score = 40 + i,
                        Amount = 0,
                        Reason = $"The score {40 + i} is below 50.",
                        DecidedAt = DateTimeOffset.UnixEpoch,
                    }
                );
            }

            await db.SaveChangesAsync();
        }
        var path = $"/v1/pools/{poolId}/rewards";

        var first = await owner.Http.GetJsonAsync($"{path}?limit=2");
        var second = await owner.Http.GetJsonAsync($"{path}?limit=2&cursor={first.Text("nextCursor")}");

        Submissions(first).ShouldBe([$"{poolId}-2", $"{poolId}-1"]);
        Submissions(second).ShouldBe([$"{poolId}-0"]);
        var shown = first.Body["items"]![0]!;
        (shown["amount"]!.GetValue<string>(), shown["reason"]!.GetValue<string>()).ShouldBe(("0", "The score 42 is below 50."));
        Submissions(await owner.Http.GetJsonAsync($"{path}?taskId=task-1&submitter={person.PublicKey}")).ShouldBe([$"{poolId}-1"]);
        Submissions(await owner.Http.GetJsonAsync($"{path}?submissionId={poolId}-0")).ShouldBe([$"{poolId}-0"]);
        (await owner.Http.GetJsonAsync($"{path}?taskId=%00")).Errors("taskId").ShouldNotBeEmpty();
        (await stranger.Http.GetJsonAsync(path)).Status.ShouldBe(404);
    }

    private static IEnumerable<string> Submissions(Answer page) =>
        page.Body["items"]!.AsArray().Select(i => i!["submissionId"]!.GetValue<string>());

    private static Task<Answer> CreateAsync(Owner owner, string symbol, object taskRewardLimits, int perDay = 3) =>
        owner.Http.SendJsonAsync(
            HttpMethod.Post,
            "/v1/pools",
            new
            {
                name = "Limited",
                tokenSymbol = symbol,
                pricePerDemo = "10",
                uploadLimit = 9,
                uploadLimitPerDay = perDay,
                uploadLimitPerTask = 1,
                taskRewardLimits,
            }
        );
}
