using Clones.Api.Tests.Hosting;
using Clones.Domain.Pools;
using Clones.Solana.Primitives;
using Clones.Solana.Programs;
using Clones.Solana.Rpc;
using Microsoft.EntityFrameworkCore;

namespace Clones.Api.Tests;

public sealed class PoolAndTokenTests(ApiFixture api)
{
    [Theory]
    [InlineData("name", "")]
    [InlineData("tokenSymbol", "NOSUCH")]
    [InlineData("pricePerDemo", "0.0000001")]
    public async Task A_training_pool_with_a_bad_field_is_rejected(string field, string value)
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var body = new Dictionary<string, object>
        {
            ["name"] = "Demos",
            ["tokenSymbol"] = token.Symbol,
            ["pricePerDemo"] = "1",
            [field] = value,
        };

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/pools", body);

        answer.Status.ShouldBe(400);
        answer.Errors(field).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    public async Task A_payout_batch_out_of_range_is_rejected(int size)
    {
        using var owner = await Owner.SignInAsync(api);
        var token = await api.ListTokenAsync();
        var body = new Dictionary<string, object>
        {
            ["name"] = "Demos",
            ["tokenSymbol"] = token.Symbol,
            ["pricePerDemo"] = "1",
            ["payoutBatch"] = size,
        };

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/pools", body);

        answer.Status.ShouldBe(400);
        answer.Errors("payoutBatch").ShouldHaveSingleItem().ShouldBe("must be 1 to 12");
    }

    [Fact]
    public async Task A_payout_batch_is_12_unless_its_owner_says_otherwise_and_null_is_12_again()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var path = $"/v1/pools/{poolId}";

        (await owner.Http.GetJsonAsync(path)).Body["payoutBatch"]!.GetValue<int>().ShouldBe(12);
        (await ChangeAsync(new { payoutBatch = 1 })).ShouldBe(1);
        (await ChangeAsync(new { name = "Other" })).ShouldBe(1);
        (await ChangeAsync(new { payoutBatch = (int?)null })).ShouldBe(12);

        async Task<int> ChangeAsync(object body) =>
            (await owner.Http.SendJsonAsync(HttpMethod.Patch, path, body, ("If-Match", "*"))).Body["payoutBatch"]!.GetValue<int>();
    }

    [Fact]
    public async Task A_training_pool_is_paused_and_resumed_by_its_owner()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await using (var db = api.OpenDatabase())
        {
            await db
                .TrainingPools.Where(p => p.Id == poolId)
                .ExecuteUpdateAsync(p => p.SetProperty(x => x.Status, TrainingPoolStatus.Live));
        }

        var path = $"/v1/pools/{poolId}";

        var paused = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new { status = "PAUSED", pricePerDemo = "3.25" },
            ("If-Match", "*")
        );
        var resumed = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new { status = "LIVE" },
            ("If-Match", paused.Response.Headers.ETag!.ToString())
        );
        var wrong = await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { status = "NO_FUNDS" }, ("If-Match", "*"));

        paused.Text("status").ShouldBe("PAUSED");
        paused.Text("pricePerDemo").ShouldBe("3.25");
        resumed.Text("status").ShouldBe("NO_FUNDS");
        wrong.Errors("status").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_token_is_listed_with_what_the_chain_says_of_its_mint()
    {
        using var operators = api.KeyClient(ApiFixture.OperatorKey);
        var mint = api.Chain.AddMint(7);
        var other = api.Chain.AddMint(7);
        var symbol = $"P{Convert.ToHexString(Guid.NewGuid().ToByteArray())[..8]}";

        var put = await operators.SendJsonAsync(HttpMethod.Put, $"/v1/tokens/{symbol}", new { mint = mint.ToString() });
        var again = await operators.SendJsonAsync(HttpMethod.Put, $"/v1/tokens/{symbol}", new { mint = mint.ToString() });
        var taken = await operators.SendJsonAsync(HttpMethod.Put, $"/v1/tokens/{symbol}", new { mint = other.ToString() });
        var twice = await operators.SendJsonAsync(HttpMethod.Put, $"/v1/tokens/{symbol}X", new { mint = mint.ToString() });

        put.Status.ShouldBe(200);
        put.Body["decimals"]!.GetValue<int>().ShouldBe(7);
        put.Text("tokenProgram").ShouldBe(TokenProgram.Id.ToString());
        again.Status.ShouldBe(200);
        taken.Code.ShouldBe("token_taken");
        twice.Code.ShouldBe("token_taken");
        var list = await operators.GetJsonAsync("/v1/tokens");
        list.Body["items"]!.AsArray().Select(t => t!["symbol"]!.GetValue<string>()).ShouldContain("SOL");
    }

    [Fact]
    public async Task USDC_is_no_other_mint_on_a_cluster_where_it_is_known()
    {
        using var operators = api.KeyClient(ApiFixture.OperatorKey);
        var local = api.Chain.GenesisHash;
        api.Chain.GenesisHash = SolanaCluster.DevnetGenesisHash;

        var put = await operators.SendJsonAsync(HttpMethod.Put, "/v1/tokens/USDC", new { mint = api.Chain.AddMint(6).ToString() });

        api.Chain.GenesisHash = local;
        put.Code.ShouldBe("token_taken");
    }

    [Fact]
    public async Task What_is_no_mint_is_not_listed()
    {
        using var operators = api.KeyClient(ApiFixture.OperatorKey);
        using var wallet = Account.Generate();
        using var damaged = Account.Generate();
        api.Chain.SetLamports(wallet.PublicKey, 5);
        api.Chain.SetAccount(damaged.PublicKey, TokenProgram.Id, [1, 2, 3]);
        var fine = api.Chain.AddMint(12);
        PublicKey[] rejected = [wallet.PublicKey, damaged.PublicKey, fine, api.Chain.TokenAccount()];

        foreach (var mint in rejected)
        {
            var answer = await operators.SendJsonAsync(HttpMethod.Put, "/v1/tokens/BADMINT", new { mint = mint.ToString() });
            answer.Status.ShouldBe(422);
            answer.Code.ShouldBe("mint_not_valid");
        }
        (await operators.SendJsonAsync(HttpMethod.Put, "/v1/tokens/SOL", new { mint = fine.ToString() })).Status.ShouldBe(400);
    }
}
