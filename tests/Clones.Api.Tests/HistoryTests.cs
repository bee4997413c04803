using Clones.Api.Tests.Hosting;
using Clones.Domain.Agents;

namespace Clones.Api.Tests;

public sealed class HistoryTests(ApiFixture api)
{
    [Fact]
    public async Task The_history_is_walked_oldest_first_with_rejected_events_in_it()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId);
        await using (var db = api.OpenDatabase())
        {
            for (var sequence = 1; sequence <= 5; sequence++)
            {
                db.AgentTransitions.Add(
                    new AgentTransition
                    {
                        AgentId = agentId,
                        Sequence = sequence,
                        FromStatus = sequence == 1 ? null : "DRAFT",
                        ToStatus = "DRAFT",
                        Event = sequence == 1 ? "REGISTER" : "RETRY",
                        Accepted = sequence == 1,
                        Actor = $"wallet:{owner.Address}",
                        OccurredAt = DateTimeOffset.UnixEpoch,
                    }
                );
            }

            await db.SaveChangesAsync();
        }

        var seen = new List<long>();
        string? cursor = null;
        do
        {
            var page = await owner.Http.GetJsonAsync($"/v1/agents/{agentId}/history?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            page.Status.ShouldBe(200);
            seen.AddRange(page.Body["items"]!.AsArray().Select(t => t!["sequence"]!.GetValue<long>()));
            cursor = page.Body["nextCursor"]?.GetValue<string>();
        } while (cursor is not null);

        seen.ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void The_process_that_faces_the_internet_does_not_know_the_workers_nor_their_secrets()
    {
        var assembly = typeof(Program).Assembly;

        assembly.GetReferencedAssemblies().Select(a => a.Name).ShouldNotContain("Clones.Workers");
        foreach (
            var source in Directory.EnumerateFiles(
                Clones.Testing.Repository.PathOf("src", "Clones.Api"),
                "*.cs",
                SearchOption.AllDirectories
            )
        )
        {
            File.ReadAllText(source).ShouldNotContain("DEPOSIT_KEY", Case.Sensitive, source);
        }
    }
}
