using Clones.Api.Tests.Hosting;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Clones.Api.Tests;

/// <summary>Every endpoint there is, found by asking the router, with the token of somebody whose things these are not.</summary>
public sealed class StrangerTests(ApiFixture api)
{
    /// <summary>What a stranger may call as well: their own lists, things of their own, what is everybody's.</summary>
    private static readonly string[] NotAboutOneThing =
    [
        "GET /v1/pools/",
        "POST /v1/pools/",
        "GET /v1/agents/",
        "GET /v1/agents/lifecycle",
        "POST /v1/agents/",
        "GET /v1/payments/",
        "POST /v1/payments/",
        "POST /v1/payments/batch",
        "GET /v1/payments/export",
        "GET /v1/tokens/",
        "PUT /v1/tokens/{symbol}",
        "POST /v1/events/submission-graded",
        "GET /v1/webhooks/",
        "POST /v1/webhooks/",
    ];

    [Fact]
    public async Task A_stranger_finds_nothing_of_others_behind_any_endpoint()
    {
        using var owner = await Owner.SignInAsync(api);
        using var stranger = await Owner.SignInAsync(api);
        var (poolId, wallet) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        var agentId = await api.CreateAgentAsync(owner, poolId, "PENDING_TOKEN_SIGNATURE");
        await api.PrepareAsync(agentId, poolId, owner, wallet);
        var payment = await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "k");
        var operation = await owner.Http.SendJsonAsync(HttpMethod.Post, $"/v1/agents/{agentId}/cancel");

        var (webhookId, deliveryId) = await WebhookTests.RegisterAndTestAsync(owner);

        var walked = 0;
        foreach (var (method, route) in Endpoints().Where(e => !NotAboutOneThing.Contains($"{e.Method} {e.Route}")))
        {
            var id = route.Split('/')[2] switch
            {
                "pools" => poolId,
                "agents" => agentId,
                "payments" => payment.Id,
                "operations" => operation.Id,
                "webhooks" => webhookId,
                var other => throw new InvalidOperationException($"This test does not know {other} yet: {route}"),
            };
            var path = route
                .Replace("{id}", id.ToString())
                .Replace("{kind}", "token-creation")
                .Replace("{deliveryId}", deliveryId.ToString());
            path.ShouldNotContain("{");

            var answer = await stranger.Http.SendJsonAsync(
                new HttpMethod(method),
                path,
                BodyOf(method, route),
                ("Idempotency-Key", "k"),
                ("If-Match", "*")
            );

            answer.Status.ShouldBe(404, $"{method} {route}");
            answer.Code.ShouldBe("not_found");
            walked++;
        }
        walked.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task A_strangers_lists_hold_nothing_of_others_and_nothing_can_be_made_on_others_pools()
    {
        using var owner = await Owner.SignInAsync(api);
        using var stranger = await Owner.SignInAsync(api);
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());
        await PaymentTests.PayAsync(owner.Http, PaymentTests.Body(poolId, "1"), "k");

        await api.CreateAgentAsync(owner, poolId);

        foreach (var list in new[] { "agents", "agents?status=DRAFT", $"agents?trainingPoolId={poolId}", "pools", "payments" })
        {
            (await owner.Http.GetJsonAsync($"/v1/{list}")).Body["items"]!.AsArray().ShouldHaveSingleItem();
        }

        (await owner.Http.GetJsonAsync("/v1/agents?status=DEPLOYED")).Body["items"]!.AsArray().ShouldBeEmpty();
        foreach (var list in new[] { "pools", "agents", "payments", $"payments?trainingPoolId={poolId}" })
        {
            (await stranger.Http.GetJsonAsync($"/v1/{list}")).Body["items"]!.AsArray().ShouldBeEmpty();
        }

        (await stranger.Http.SendJsonAsync(HttpMethod.Post, "/v1/agents", StandIn.AgentBody(poolId))).Status.ShouldBe(404);
        (await PaymentTests.PayAsync(stranger.Http, PaymentTests.Body(poolId, "1"), "k")).Status.ShouldBe(404);
        (await stranger.Http.SendJsonAsync(HttpMethod.Put, "/v1/tokens/MINE", new { mint = stranger.Address })).Status.ShouldBe(403);
        (await stranger.Http.SendJsonAsync(HttpMethod.Post, "/v1/events/submission-graded", new { })).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Without_a_token_every_endpoint_but_sign_in_and_health_is_closed()
    {
        using var http = api.Client();
        foreach (var (method, route) in Endpoints())
        {
            var path = route
                .Replace("{id}", Guid.NewGuid().ToString())
                .Replace("{deliveryId}", Guid.NewGuid().ToString())
                .Replace("{kind}", "token-creation")
                .Replace("{symbol}", "ABC");
            var answer = await http.SendJsonAsync(new HttpMethod(method), path, BodyOf(method, route));
            answer.Status.ShouldBe(401, $"{method} {route}");
        }
    }

    [Fact]
    public async Task A_key_does_what_its_scopes_say_and_nothing_else()
    {
        using var owner = await Owner.SignInAsync(api);
        using var service = api.KeyClient(ApiFixture.ServiceKey);
        using var operators = api.Client();
        operators.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", $"ApiKey {ApiFixture.OperatorKey}");
        using var nobody = api.KeyClient("some-key-that-was-never-stored-0123456789");
        var (poolId, _) = await api.CreateFundedPoolAsync(owner, await api.ListTokenAsync());

        (await nobody.GetJsonAsync("/v1/payments")).Status.ShouldBe(401);
        (await service.GetJsonAsync("/v1/pools")).Status.ShouldBe(403);
        (await service.SendJsonAsync(HttpMethod.Put, "/v1/tokens/ABC", new { mint = owner.Address })).Status.ShouldBe(403);
        (
            await service.SendJsonAsync(HttpMethod.Post, $"/v1/pools/{poolId}/withdrawals", new { }, ("Idempotency-Key", "k"))
        ).Status.ShouldBe(403);
        (await operators.GetJsonAsync($"/v1/pools/{poolId}")).Status.ShouldBe(200);
        (await operators.SendJsonAsync(HttpMethod.Patch, $"/v1/pools/{poolId}", new { name = "Mine" }, ("If-Match", "*"))).Status.ShouldBe(
            403
        );
    }

    private IEnumerable<(string Method, string Route)> Endpoints() =>
        api
            .Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.StartsWith("/v1/") && e.Metadata.GetMetadata<IAllowAnonymous>() is null)
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => (m, e.RoutePattern.RawText!)))
            .DistinctBy(e => $"{e.m} {e.Item2}");

    private static object? BodyOf(string method, string route) =>
        route switch
        {
            _ when route.EndsWith("/withdrawals") => new
            {
                recipient = "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2",
                amount = "1",
                tokenSymbol = "SOL",
            },
            _ when method == "POST" && route.Contains("/transactions/") => new { transaction = "AAAA" },
            _ when method == "PATCH" && route.StartsWith("/v1/webhooks") => new { description = "Mine now" },
            _ when method == "PATCH" => new { name = "Mine now" },
            _ => null,
        };
}
