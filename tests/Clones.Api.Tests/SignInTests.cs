using System.Text;
using Clones.Api.Tests.Hosting;
using Clones.Solana.Primitives;

namespace Clones.Api.Tests;

public sealed class SignInTests(ApiFixture api)
{
    [Fact]
    public async Task A_wallet_that_signs_the_message_gets_a_token_that_opens_its_own_things()
    {
        using var owner = await Owner.SignInAsync(api);

        var pools = await owner.Http.GetJsonAsync("/v1/pools");

        pools.Status.ShouldBe(200);
        pools.Body["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_is_used_once_even_when_it_is_sent_twenty_times_at_once()
    {
        using var wallet = Account.Generate();
        using var http = api.Client();
        var (message, signature) = await SignedAsync(http, wallet);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => TokenAsync(http, message, signature)));

        answers.Count(a => a.Status == 200).ShouldBe(1);
        answers.Count(a => a.Status == 401 && a.Code == "sign_in_refused").ShouldBe(19);
    }

    [Theory]
    [InlineData("localhost", "elsewhere.example")]
    [InlineData("Chain ID: localnet", "Chain ID: mainnet")]
    [InlineData("Version: 1", "Version: 2")]
    public async Task A_message_with_another_domain_chain_or_version_is_rejected(string part, string other)
    {
        using var wallet = Account.Generate();
        using var http = api.Client();
        var (message, _) = await SignedAsync(http, wallet);
        message.ShouldContain(part);
        var altered = message.Replace(part, other);

        var answer = await TokenAsync(http, altered, Sign(wallet, altered));

        answer.Status.ShouldBe(401);
        answer.Code.ShouldBe("sign_in_refused");
    }

    [Fact]
    public async Task A_message_for_another_wallet_is_rejected()
    {
        using var wallet = Account.Generate();
        using var thief = Account.Generate();
        using var http = api.Client();
        var (message, _) = await SignedAsync(http, wallet);

        (await TokenAsync(http, message, Sign(thief, message))).Status.ShouldBe(401);
    }

    [Fact]
    public async Task A_signature_with_a_malleated_S_is_rejected_and_the_true_one_still_works()
    {
        using var wallet = Account.Generate();
        using var http = api.Client();
        var (message, signature) = await SignedAsync(http, wallet);

        (await TokenAsync(http, message, AddGroupOrder(signature))).Status.ShouldBe(401);
        (await TokenAsync(http, message, signature)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_token_that_was_altered_or_is_not_ours_opens_nothing()
    {
        using var owner = await Owner.SignInAsync(api);
        var token = owner.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        // alg: none, the same claims, no signature.
        var unsigned = $"{Convert.ToBase64String("{\"alg\":\"none\"}"u8).TrimEnd('=')}.{token.Split('.')[1]}.";

        foreach (var forged in new[] { token[..^2] + (token[^2] == 'A' ? "BA" : "AA"), unsigned, "x", token + "x" })
        {
            using var http = api.Client();
            var answer = await http.GetJsonAsync("/v1/pools", ("Authorization", $"Bearer {forged}"));
            answer.Status.ShouldBe(401);
            answer.Code.ShouldBe("authentication_required");
        }
    }

    private static async Task<(string Message, string Signature)> SignedAsync(HttpClient http, Account wallet)
    {
        var challenge = await http.SendJsonAsync(HttpMethod.Post, "/v1/auth/challenge", new { address = wallet.PublicKey.ToString() });
        challenge.Status.ShouldBe(200);
        return (challenge.Text("message"), Sign(wallet, challenge.Text("message")));
    }

    private static string Sign(Account wallet, string message) => wallet.Sign(Encoding.UTF8.GetBytes(message)).ToString();

    private static Task<Answer> TokenAsync(HttpClient http, string message, string signature) =>
        http.SendJsonAsync(HttpMethod.Post, "/v1/auth/token", new { message, signature });

    /// <summary>S + L verifies in lax implementations: a second signature over the same message.</summary>
    private static string AddGroupOrder(string signature)
    {
        var bytes = Signature.Parse(signature).ToArray();
        var order = System.Numerics.BigInteger.Pow(2, 252) + System.Numerics.BigInteger.Parse("27742317777372353535851937790883648493");
        var s = new System.Numerics.BigInteger(bytes.AsSpan(32), isUnsigned: true) + order;
        var sum = s.ToByteArray(isUnsigned: true);
        bytes.AsSpan(32).Clear();
        sum.CopyTo(bytes.AsSpan(32));
        return new Signature(bytes).ToString();
    }
}
