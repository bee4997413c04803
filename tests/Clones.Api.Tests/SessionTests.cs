using System.Text;
using Clones.Api.Auth;
using Clones.Api.Tests.Hosting;
using Clones.Solana.Primitives;

namespace Clones.Api.Tests;

public sealed class SessionTests(ApiFixture api)
{
    [Fact]
    public async Task A_refresh_token_gives_the_next_bearer_token_and_is_good_once()
    {
        using var http = api.Client();
        var first = await SignInAsync(http);

        var second = await RefreshAsync(http, first.Text("refreshToken"));

        second.Status.ShouldBe(200);
        second.Text("address").ShouldBe(first.Text("address"));
        second.Text("sessionExpiresAt").ShouldBe(first.Text("sessionExpiresAt"));
        (await PoolsAsync(second)).ShouldBe(200);
        second.Response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refresh_token_that_is_used_a_second_time_ends_the_session_for_both_who_have_it()
    {
        using var http = api.Client();
        var first = await SignInAsync(http);
        var owners = await RefreshAsync(http, first.Text("refreshToken"));

        var thiefs = await RefreshAsync(http, first.Text("refreshToken"));

        (thiefs.Status, thiefs.Code).ShouldBe((401, "sign_in_refused"));
        (await PoolsAsync(owners)).ShouldBe(401);
        (await RefreshAsync(http, owners.Text("refreshToken"))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task Of_twenty_that_refresh_at_once_one_gets_the_next_token()
    {
        using var http = api.Client();
        var first = await SignInAsync(http);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(http, first.Text("refreshToken"))));

        answers.Count(a => a.Status == 200).ShouldBe(1);
        answers.Count(a => a.Status == 401).ShouldBe(19);
    }

    [Fact]
    public async Task Signing_out_ends_the_bearer_tokens_at_once_and_other_sessions_of_the_wallet_go_on()
    {
        using var http = api.Client();
        using var wallet = Account.Generate();
        var (phone, laptop) = (await SignInAsync(http, wallet), await SignInAsync(http, wallet));

        var left = await SignOutAsync(http, phone.Text("refreshToken"));

        left.Status.ShouldBe(204);
        (await PoolsAsync(phone)).ShouldBe(401);
        (await RefreshAsync(http, phone.Text("refreshToken"))).Status.ShouldBe(401);
        (await PoolsAsync(laptop)).ShouldBe(200);
        (await SignOutAsync(http, phone.Text("refreshToken"))).Status.ShouldBe(204);
    }

    [Fact]
    public async Task An_altered_or_invented_refresh_token_opens_nothing_and_ends_nothing()
    {
        using var http = api.Client();
        var owner = await SignInAsync(http);
        var token = owner.Text("refreshToken");
        var altered = Base58.Decode(token);
        altered[^1] ^= 1;
        var next = Base58.Decode(token);
        next[19]++;
        foreach (var bad in (string[])[Base58.Encode(altered), Base58.Encode(next), "", "x", new string('1', 500), token + "1"])
        {
            (await RefreshAsync(http, bad)).Status.ShouldBe(401, bad);
            (await SignOutAsync(http, bad)).Errors("refreshToken").ShouldNotBeEmpty();
        }
        (await PoolsAsync(owner)).ShouldBe(200);
        (await RefreshAsync(http, token)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task After_thirty_days_the_wallet_has_to_sign_again()
    {
        await using var later = new ApiFixture();
        await later.InitializeAsync();
        using var http = later.Client();
        var owner = await SignInAsync(http);

        later.Time.Shift = AuthOptions.SessionLifetime;

        (await RefreshAsync(http, owner.Text("refreshToken"))).Status.ShouldBe(401);
    }

    private async Task<int> PoolsAsync(Answer signedIn)
    {
        using var http = api.Client();
        return (await http.GetJsonAsync("/v1/pools", ("Authorization", $"Bearer {signedIn.Text("accessToken")}"))).Status;
    }

    private static Task<Answer> RefreshAsync(HttpClient http, string refreshToken) =>
        http.SendJsonAsync(HttpMethod.Post, "/v1/auth/refresh", new { refreshToken });

    private static Task<Answer> SignOutAsync(HttpClient http, string refreshToken) =>
        http.SendJsonAsync(HttpMethod.Post, "/v1/auth/sign-out", new { refreshToken });

    private static async Task<Answer> SignInAsync(HttpClient http, Account? wallet = null)
    {
        using var fresh = wallet is null ? Account.Generate() : null;
        var signer = wallet ?? fresh!;
        var challenge = await http.SendJsonAsync(HttpMethod.Post, "/v1/auth/challenge", new { address = signer.PublicKey.ToString() });
        var message = challenge.Text("message");
        var signature = signer.Sign(Encoding.UTF8.GetBytes(message)).ToString();
        var token = await http.SendJsonAsync(HttpMethod.Post, "/v1/auth/token", new { message, signature });
        token.Status.ShouldBe(200);
        return token;
    }
}
