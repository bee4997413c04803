using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Clones.Solana.Primitives;

namespace Clones.Api.Tests.Hosting;

/// <summary>A person with a wallet, signed in.</summary>
internal sealed class Owner : IDisposable
{
    private Owner(Account wallet, HttpClient http) => (Wallet, Http) = (wallet, http);

    public Account Wallet { get; }
    public HttpClient Http { get; }
    public string Address => Wallet.PublicKey.ToString();

    public static async Task<Owner> SignInAsync(ApiFixture api)
    {
        var wallet = Account.Generate();
        var http = api.Client();
        var challenge = await http.SendJsonAsync(HttpMethod.Post, "/v1/auth/challenge", new { address = wallet.PublicKey.ToString() });
        var message = challenge.Body["message"]!.GetValue<string>();
        var token = await http.SendJsonAsync(
            HttpMethod.Post,
            "/v1/auth/token",
            new { message, signature = wallet.Sign(Encoding.UTF8.GetBytes(message)).ToString() }
        );
        token.Status.ShouldBe(200);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Body["accessToken"]!.GetValue<string>());
        return new Owner(wallet, http);
    }

    public void Dispose()
    {
        Wallet.Dispose();
        Http.Dispose();
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, JsonNode Body, HttpResponseMessage Response)
{
    public string? Code => Body["code"]?.GetValue<string>();

    public string Text(string name) => Body[name]!.GetValue<string>();

    public Guid Id => Guid.Parse(Text("id"));

    public string[] Errors(string field) => [.. Body["errors"]?[field]?.AsArray().Select(n => n!.GetValue<string>()) ?? []];
}

internal static class HttpClientExtensions
{
    public static Task<Answer> SendJsonAsync(
        this HttpClient http,
        HttpMethod method,
        string path,
        object? body = null,
        params (string Name, string Value)[] headers
    ) => http.SendContentAsync(method, path, body is null ? null : JsonContent.Create(body), headers);

    public static async Task<Answer> SendContentAsync(
        this HttpClient http,
        HttpMethod method,
        string path,
        HttpContent? content,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new Answer((int)response.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!, response);
    }

    public static Task<Answer> GetJsonAsync(this HttpClient http, string path, params (string, string)[] headers) =>
        http.SendJsonAsync(HttpMethod.Get, path, null, headers);
}
