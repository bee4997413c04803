using Clones.Api.Tests.Hosting;
using Clones.Persistence.Ledger;

namespace Clones.Api.Tests;

/// <summary>The fence is one for all: nobody else is here while it stands.</summary>
[CollectionDefinition(nameof(RestoredDatabaseTests), DisableParallelization = true)]
[Collection(nameof(RestoredDatabaseTests))]
public sealed class RestoredDatabaseTests(ApiFixture api)
{
    [Fact]
    public async Task A_draft_of_a_restored_database_is_not_changed_before_the_chain_has_been_read()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var path = $"/v1/agents/{await api.CreateAgentAsync(owner, poolId)}";
        await using var db = api.OpenDatabase();
        await db.RaiseFenceAsync("A restore.", held: false, raising: null, cancellation);
        try
        {
            var rejected = await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { ticker = "NEW" }, ("If-Match", "*"));

            (rejected.Status, rejected.Code).ShouldBe((409, "chain_is_read"));
            rejected.Response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromMinutes(1));
        }
        finally
        {
            await db.OpenFenceAsync(await db.ReadFenceAsync(cancellation), cancellation);
        }
        (await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { ticker = "NEW" }, ("If-Match", "*"))).Status.ShouldBe(200);
    }
}
