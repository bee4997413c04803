using Clones.Api.Tests.Hosting;

namespace Clones.Api.Tests;

public sealed class AgentListTests(ApiFixture api)
{
    [Fact]
    public async Task Drafts_are_listed_newest_first_whether_their_lifecycle_has_begun_or_not()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var agents = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            var (poolId, _) = await api.CreateFundedPoolAsync(owner, token);
            var created = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId));
            agents.Insert(0, created.Id);
        }
        // The workers have taken up the second and the third; the third is no draft any more.
        await api.SetStatusAsync(agents[1], "DRAFT");
        await api.SetStatusAsync(agents[2], "DEPLOYED");

        (await WalkAsync("status=DRAFT")).ShouldBe([agents[0], agents[1], agents[3], agents[4]]);
        (await WalkAsync("status=DEPLOYED")).ShouldBe([agents[2]]);
        (await WalkAsync("status=FAILED")).ShouldBeEmpty();

        async Task<List<Guid>> WalkAsync(string filter)
        {
            var seen = new List<Guid>();
            string? cursor = null;
            do
            {
                var page = await owner.Http.GetJsonAsync($"/v1/agents?{filter}&limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
                page.Status.ShouldBe(200);
                seen.AddRange(page.Body["items"]!.AsArray().Select(a => a!["id"]!.GetValue<Guid>()));
                cursor = page.Body["nextCursor"]?.GetValue<string>();
            } while (cursor is not null);
            return seen;
        }
    }
}
