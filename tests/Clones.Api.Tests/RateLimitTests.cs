using System.Security.Claims;
using Clones.Api.Auth;
using Clones.Api.Limits;
using Clones.Api.Tests.Hosting;
using Clones.Hosting;
using Clones.Solana.Primitives;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Clones.Api.Tests;

public sealed class RateLimitTests(ApiFixture api)
{
    private static readonly ClaimsPrincipal Nobody = new();

    [Fact]
    public async Task Each_caller_has_a_share_of_their_own_and_is_told_what_is_left()
    {
        await using var limits = new RateLimits(
            new LimitOptions
            {
                Owner = 2,
                Key = 3,
                Anonymous = 1,
            }
        );
        var (one, other) = (Wallet(), Wallet());

        var first = await AskAsync(limits, one);
        await AskAsync(limits, one);
        var third = await AskAsync(limits, one);

        first.StatusCode.ShouldBe(200);
        first.Headers["RateLimit-Policy"].ToString().ShouldBe("\"minute\";q=2;w=60");
        first.Headers["RateLimit"].ToString().ShouldBe("\"minute\";r=1");
        third.StatusCode.ShouldBe(429);
        int.Parse(third.Headers.RetryAfter.ToString()).ShouldBeInRange(1, 60);
        (await AskAsync(limits, other)).StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task Who_says_nothing_of_who_they_are_shares_with_their_network()
    {
        await using var limits = new RateLimits(
            new LimitOptions
            {
                Owner = 2,
                Key = 3,
                Anonymous = 1,
            }
        );

        (await AskAsync(limits, Nobody, "192.0.2.1")).StatusCode.ShouldBe(200);
        (await AskAsync(limits, Nobody, "192.0.2.1")).StatusCode.ShouldBe(429);
        (await AskAsync(limits, Nobody, "::ffff:192.0.2.1")).StatusCode.ShouldBe(429);
        (await AskAsync(limits, Nobody, "192.0.2.2")).StatusCode.ShouldBe(200);
        (await AskAsync(limits, Nobody, "2001:db8::1")).StatusCode.ShouldBe(200);
        (await AskAsync(limits, Nobody, "2001:db8::2")).StatusCode.ShouldBe(429);
        (await AskAsync(limits, Nobody, "2001:db8:1::2")).StatusCode.ShouldBe(200);
    }

    [Fact]
    public async Task Zero_sets_no_limit_and_shows_none()
    {
        await using var limits = new RateLimits(
            new LimitOptions
            {
                Owner = 0,
                Key = 0,
                Anonymous = 0,
            }
        );
        for (var i = 0; i < 100; i++)
        {
            var response = await AskAsync(limits, Nobody);
            response.StatusCode.ShouldBe(200);
            response.Headers.ContainsKey("RateLimit").ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_caller_has_twenty_streams_open_at_a_time()
    {
        await using var limits = new RateLimits(
            new LimitOptions
            {
                Owner = 0,
                Key = 0,
                Anonymous = 0,
            }
        );
        var (one, closing) = (Wallet(), new TaskCompletionSource());
        var open = Enumerable
            .Range(0, RateLimits.StreamsMax)
            .Select(_ => AskAsync(limits, one, until: closing.Task, isStream: true))
            .ToList();

        (await AskAsync(limits, one, isStream: true)).StatusCode.ShouldBe(429);
        (await AskAsync(limits, one)).StatusCode.ShouldBe(200);
        closing.SetResult();
        await Task.WhenAll(open);
        (await AskAsync(limits, one, isStream: true)).StatusCode.ShouldBe(200);
    }

    [Theory]
    [InlineData("CLONES_RATE_LIMIT_OWNER", "many")]
    [InlineData("CLONES_RATE_LIMIT_KEY", "-1")]
    [InlineData("CLONES_RATE_LIMIT_ANONYMOUS", "1000001")]
    public void A_limit_that_is_none_stops_the_start_by_name(string name, string value) =>
        Should.Throw<OptionsValidationException>(() => Settings(name, value).ReadSettings<LimitOptions>()).Message.ShouldContain(name);

    [Theory]
    [InlineData("*")]
    [InlineData("https://app.example.org/")]
    [InlineData("app.example.org")]
    [InlineData("https://ok.example.org, ftp://app.example.org")]
    [InlineData("https://user@app.example.org")]
    public void An_origin_that_is_none_stops_the_start_by_name(string value) =>
        Should
            .Throw<OptionsValidationException>(() => Settings("CLONES_CORS_ORIGINS", value).ReadSettings<CrossOriginOptions>())
            .Message.ShouldContain("CLONES_CORS_ORIGINS");

    [Fact]
    public async Task A_page_of_a_known_origin_may_call_and_one_of_another_may_not()
    {
        using var http = api.Client();

        using var known = await PreflightAsync(http, "https://app.example.org");
        using var unknown = await PreflightAsync(http, "https://evil.example.org");

        known.Headers.GetValues("Access-Control-Allow-Origin").ShouldBe(["https://app.example.org"]);
        known.Headers.Contains("Access-Control-Allow-Credentials").ShouldBeFalse();
        unknown.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task Every_answer_has_the_headers_that_keep_browsers_from_misusing_it()
    {
        using var http = api.Client();
        foreach (var path in (string[])["/v1/pools", "/health/live", "/openapi/v1.json", "/nothing"])
        {
            using var response = await http.GetAsync(path);
            response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
            response.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        }
        using var page = await http.GetAsync("/docs/");
        page.Headers.GetValues("Content-Security-Policy").ShouldBe(["frame-ancestors 'none'"]);
    }

    private static Task<HttpResponseMessage> PreflightAsync(HttpClient http, string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, "/v1/payments");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,idempotency-key,content-type");
        return http.SendAsync(request);
    }

    private static async Task<HttpResponse> AskAsync(
        RateLimits limits,
        ClaimsPrincipal user,
        string address = "192.0.2.9",
        Task? until = null,
        bool isStream = false
    )
    {
        var context = new DefaultHttpContext { User = user, RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(address);
        if (isStream)
        {
            context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new LongStream()), null));
        }

        await limits.HandleAsync(context, _ => until ?? Task.CompletedTask);
        return context.Response;
    }

    private static ClaimsPrincipal Wallet()
    {
        using var account = Account.Generate();
        return new ClaimsPrincipal(new ClaimsIdentity([new Claim(Caller.WalletClaim, account.PublicKey.ToString())], "test"));
    }

    private static IConfiguration Settings(string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [name] = value }).Build();
}
