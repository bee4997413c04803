using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Clones.Solana.Primitives;

namespace Clones.EndToEnd.Tests;

/// <summary>An owner who has signed in with a fresh wallet, over HTTP as anybody would.</summary>
internal sealed class SignedInOwner(HttpClient http, PublicKey address) : IDisposable
{
    public PublicKey Address => address;

    public HttpClient Http => http;

    public static async Task<SignedInOwner> SignInAsync(Uri api, CancellationToken cancellationToken, HttpMessageHandler? handler = null)
    {
        using var wallet = Account.Generate();
        var http = new HttpClient(handler ?? new SocketsHttpHandler()) { BaseAddress = api };
        var challenge = await PostAsync(http, "/v1/auth/challenge", new { address = wallet.PublicKey.ToString() }, null, cancellationToken);
        var message = challenge.GetProperty("message").GetString()!;
        var signature = wallet.Sign(Encoding.UTF8.GetBytes(message)).ToString();
        var token = await PostAsync(http, "/v1/auth/token", new { message, signature }, null, cancellationToken);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("accessToken").GetString());
        return new SignedInOwner(http, wallet.PublicKey);
    }

    /// <summary>Posts and, where workers are asked, waits for them.</summary>
    public Task<JsonElement> PostAsync(string path, object body, string? key, CancellationToken cancellationToken) =>
        PostAsync(http, path, body, key, cancellationToken);

    /// <summary>Looks at a resource until its status is this.</summary>
    public async Task<JsonElement> UntilStatusAsync(string path, string status, CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = await http.GetFromJsonAsync<JsonElement>(path, cancellationToken);
            if (seen.GetProperty("status").GetString() == status)
            {
                return seen;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    private static async Task<JsonElement> PostAsync(
        HttpClient http,
        string path,
        object body,
        string? key,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Prefer", "wait=20");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }
        using var answer = await http.SendAsync(request, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonElement.Parse(text);
    }
}
