using System.Text;
using Clones.Api.Tests.Hosting;
using Clones.Solana.Primitives;

namespace Clones.Api.Tests;

/// <summary>The clock belongs to the whole server, so that these run alone.</summary>
[CollectionDefinition(nameof(ClockTests), DisableParallelization = true)]
public sealed class ClockCollection;

[Collection(nameof(ClockTests))]
public sealed class ClockTests(ApiFixture api) : IDisposable
{
    public void Dispose() => api.Time.Shift = TimeSpan.Zero;

    [Theory]
    [InlineData(6)]
    [InlineData(60)]
    [InlineData(-60)]
    public async Task Row_25_a_sign_in_message_that_is_expired_or_from_the_future_is_rejected(int minutes)
    {
        using var wallet = Account.Generate();
        using var http = api.Client();
        var challenge = await http.SendJsonAsync(HttpMethod.Post, "/v1/auth/challenge", new { address = wallet.PublicKey.ToString() });
        var message = challenge.Text("message");
        api.Time.Shift = TimeSpan.FromMinutes(minutes);

        var answer = await http.SendJsonAsync(
            HttpMethod.Post,
            "/v1/auth/token",
            new { message, signature = wallet.Sign(Encoding.UTF8.GetBytes(message)).ToString() }
        );

        answer.Status.ShouldBe(401);
        answer.Code.ShouldBe("sign_in_refused");
    }

    [Theory]
    [InlineData(14, 200)]
    [InlineData(16, 401)]
    [InlineData(-1, 401)]
    public async Task A_token_is_good_for_fifteen_minutes(int minutes, int status)
    {
        using var owner = await Owner.SignInAsync(api);
        api.Time.Shift = TimeSpan.FromMinutes(minutes);

        (await owner.Http.GetJsonAsync("/v1/pools")).Status.ShouldBe(status);
    }
}
