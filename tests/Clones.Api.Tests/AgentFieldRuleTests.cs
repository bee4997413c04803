using System.Text.Json.Nodes;
using Clones.Api.Tests.Hosting;

namespace Clones.Api.Tests;

public sealed class AgentFieldRuleTests(ApiFixture api)
{
    [Theory]
    [InlineData("name", "\"ab\"", "3 to 50")]
    [InlineData("name", "\"a\\u0000b\"", "U+0000")]
    [InlineData("name", "\"safe\\u202Egpj\"", "U+202E")]
    [InlineData("name", "\" padded\"", "white space")]
    [InlineData("ticker", "\"AB\"", "3 to 10 of A-Z and 0-9")]
    [InlineData("ticker", "\"sheet\"", "3 to 10 of A-Z and 0-9")]
    [InlineData("ticker", "\"\\u0410BC\"", "3 to 10 of A-Z and 0-9")]
    [InlineData("ticker", "\"ABCDEFGHIJK\"", "3 to 10 of A-Z and 0-9")]
    [InlineData("description", "\"too short\"", "10 to 1000")]
    [InlineData("logoUrl", "\"http://example.org/logo.png\"", "https")]
    [InlineData("logoUrl", "\"javascript:alert(1)\"", "https")]
    [InlineData("logoUrl", "\"https://user:pass@example.org/\"", "login")]
    [InlineData("supply", "\"999\"", "1000")]
    [InlineData("supply", "\"1000000000001\"", "1000000000000")]
    [InlineData("supply", "\"1e6\"", "digits")]
    [InlineData("supply", "\"1,000,000\"", "digits")]
    [InlineData("supply", "\"1000.5\"", "digits")]
    [InlineData("supply", "\"\\u0661\\u0662\\u0663\\u0664\"", "digits")]
    [InlineData("supply", "1000000", "a string")]
    [InlineData("decimals", "10", "0 to 9")]
    [InlineData("decimals", "-1", "0 to 9")]
    [InlineData("decimals", "1.5", "a whole number")]
    [InlineData("decimals", "\"6\"", "a whole number")]
    [InlineData("decimals", "null", "whole number")]
    [InlineData("minimumLiquidity", "\"0\"", "above zero")]
    [InlineData("minimumLiquidity", "\"1.0000000001\"", "more decimals")]
    [InlineData("minimumLiquidity", "\"-1\"", "above zero")]
    [InlineData("minimumLiquidity", "\"18446744073.709551616\"", "larger than")]
    [InlineData("gatedPercentage", "51", "0 to 50")]
    [InlineData("gatedPercentage", "-1", "0 to 50")]
    [InlineData("tokenStandard", "\"ERC20\"", "TOKEN2022 or SPL_TOKEN")]
    [InlineData("deploymentPayer", "\"ME\"", "DEPOSIT_WALLET or OWNER")]
    [InlineData("keepMintAuthority", "\"yes\"", "true or false")]
    [InlineData("freezeAuthority", "null", "true or false")]
    [InlineData("trainingPoolId", "\"1\"", "a UUID")]
    [InlineData("name", "null", "must not be null")]
    [InlineData("id", "\"019a0000-0000-7000-8000-000000000000\"", "not a field")]
    [InlineData("status", "\"DEPLOYED\"", "not a field")]
    public async Task A_field_that_breaks_its_rule_is_named_with_the_reason(string field, string json, string reason)
    {
        using var owner = await Owner.SignInAsync(api);
        var body = Valid(Guid.CreateVersion7());
        body.Remove(field);
        var text = body.ToJsonString()[..^1] + $",\"{field}\":{json}}}";

        var answer = await owner.Http.SendContentAsync(HttpMethod.Post, "/v1/agents", BadInputTests.Json(text));

        answer.Status.ShouldBe(400);
        answer.Code.ShouldBe("invalid_request");
        answer.Errors(field).ShouldHaveSingleItem().ShouldContain(reason);
    }

    [Theory]
    [InlineData(9, "18446744073", "18446744074")]
    [InlineData(8, "184467440737", "184467440738")]
    [InlineData(7, "1000000000000", null)]
    public async Task A_supply_is_good_up_to_the_largest_that_a_u64_counts_and_is_rejected_with_that_number(
        int decimals,
        string largest,
        string? tooLarge
    )
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        if (tooLarge is not null)
        {
            var rejected = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId, tooLarge, decimals));
            rejected.Status.ShouldBe(400);
            rejected.Errors("supply").ShouldHaveSingleItem().ShouldContain($"\"{largest}\"");
        }
        var created = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId, largest, decimals));
        created.Status.ShouldBe(201);
        created.Text("supply").ShouldBe(largest);
        created.Text("status").ShouldBe("DRAFT");
    }

    [Fact]
    public async Task Who_pays_and_which_rights_stay_is_chosen_when_an_agent_is_created_and_changed_while_it_is_a_draft()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var body = Valid(poolId);
        body["deploymentPayer"] = "OWNER";
        body["keepMintAuthority"] = true;

        var created = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", body);

        created.Status.ShouldBe(201);
        created.Text("deploymentPayer").ShouldBe("OWNER");
        created.Body["keepMintAuthority"]!.GetValue<bool>().ShouldBeTrue();
        created.Body["freezeAuthority"]!.GetValue<bool>().ShouldBeFalse();
        await api.SetStatusAsync(created.Id, "DRAFT");
        var path = $"/v1/agents/{created.Id}";
        var tag = (await owner.Http.GetJsonAsync(path)).Response.Headers.ETag!.ToString();
        var changed = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new
            {
                deploymentPayer = "DEPOSIT_WALLET",
                keepMintAuthority = false,
                freezeAuthority = true,
            },
            ("If-Match", tag)
        );
        changed.Status.ShouldBe(200);
        changed.Text("deploymentPayer").ShouldBe("DEPOSIT_WALLET");
        changed.Body["keepMintAuthority"]!.GetValue<bool>().ShouldBeFalse();
        changed.Body["freezeAuthority"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Left_out_the_deposit_wallet_pays_and_nobody_keeps_a_right()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        var created = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId));

        created.Text("deploymentPayer").ShouldBe("DEPOSIT_WALLET");
        created.Body["keepMintAuthority"]!.GetValue<bool>().ShouldBeFalse();
        created.Body["freezeAuthority"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public async Task All_reasons_come_at_once()
    {
        using var owner = await Owner.SignInAsync(api);
        var body = Valid(Guid.CreateVersion7());
        body["ticker"] = "x";
        body["decimals"] = 12;
        body["gatedPercentage"] = 90;

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", body);

        answer.Body["errors"]!.AsObject().Select(e => e.Key).ShouldBe(["decimals", "gatedPercentage", "ticker"]);
    }

    [Fact]
    public async Task Missing_fields_are_all_named()
    {
        using var owner = await Owner.SignInAsync(api);

        var answer = await owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", new { name = "Spreadsheet hand" });

        answer.Status.ShouldBe(400);
        answer.Errors("ticker").ShouldBe(["is required"]);
        answer.Errors("trainingPoolId").ShouldBe(["is required"]);
    }

    [Fact]
    public async Task A_training_pool_has_one_agent_even_when_ten_are_created_at_once()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(_ => owner.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId)))
        );

        answers.Count(a => a.Status == 201).ShouldBe(1);
        answers.Where(a => a.Status != 201).ShouldAllBe(a => a.Status == 409 && a.Code == "agent_exists");
    }

    [Fact]
    public async Task A_draft_is_changed_under_its_etag_and_nothing_else_is()
    {
        using var owner = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var id = await api.CreateAgentAsync(owner, poolId);
        var path = $"/v1/agents/{id}";
        var etag = (await owner.Http.GetJsonAsync(path)).Response.Headers.ETag!.ToString();

        (await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { ticker = "NEW" })).Status.ShouldBe(428);
        var changed = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new { ticker = "NEW", logoUrl = "https://a.example/x.png" },
            ("If-Match", etag)
        );
        changed.Status.ShouldBe(200);
        changed.Text("ticker").ShouldBe("NEW");
        (await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { ticker = "OLD" }, ("If-Match", etag))).Status.ShouldBe(412);

        var next = changed.Response.Headers.ETag!.ToString();
        var rejected = await owner.Http.SendJsonAsync(
            HttpMethod.Patch,
            path,
            new { decimals = 9, supply = "1000000000000" },
            ("If-Match", next)
        );
        rejected.Status.ShouldBe(400);
        rejected.Errors("supply").ShouldHaveSingleItem().ShouldContain("18446744073");
        var cleared = await owner.Http.SendContentAsync(
            HttpMethod.Patch,
            path,
            BadInputTests.Json("{\"logoUrl\":null}"),
            ("If-Match", next)
        );
        cleared.Body["logoUrl"].ShouldBeNull();
        cleared.Text("supply").ShouldBe("1000000");

        await api.SetStatusAsync(id, "PENDING_TOKEN_SIGNATURE");
        var late = await owner.Http.SendJsonAsync(HttpMethod.Patch, path, new { ticker = "LATE" }, ("If-Match", "*"));
        late.Status.ShouldBe(409);
        late.Code.ShouldBe("agent_not_draft");
    }

    private static JsonObject Valid(Guid poolId) => System.Text.Json.JsonSerializer.SerializeToNode(StandIn.AgentBody(poolId))!.AsObject();
}
