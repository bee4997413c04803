using System.Net.Http.Json;
using System.Text.Json;

namespace Clones.Testing.Tests;

public sealed class LocalnetFixtureTests
{
    [Fact]
    public async Task Two_clusters_run_side_by_side_with_chains_of_their_own()
    {
        await using var localnet = new LocalnetFixture();

        var first = await localnet.StartAsync();
        var second = await localnet.StartAsync();

        (await CallAsync(first, "getGenesisHash")).GetString().ShouldNotBe((await CallAsync(second, "getGenesisHash")).GetString());
    }

    [Fact]
    public async Task Its_slots_advance_by_themselves()
    {
        await using var localnet = new LocalnetFixture();
        var rpc = await localnet.StartAsync(slotMs: 10);
        var before = (await CallAsync(rpc, "getSlot")).GetUInt64();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await CallAsync(rpc, "getSlot")).GetUInt64() < before + 2)
        {
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    [Fact]
    public async Task A_cluster_ends_with_its_fixture()
    {
        Uri rpc;
        await using (var localnet = new LocalnetFixture())
        {
            rpc = await localnet.StartAsync();
        }

        await Should.ThrowAsync<HttpRequestException>(() => CallAsync(rpc, "getSlot"));
    }

    private static async Task<JsonElement> CallAsync(Uri rpc, string method)
    {
        using var http = new HttpClient();
        var request = new
        {
            jsonrpc = "2.0",
            id = 1,
            method,
        };
        using var response = await http.PostAsJsonAsync(rpc, request);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.GetProperty("result");
    }
}
