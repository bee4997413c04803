using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Clones.Demo;

/// <summary>The HTTP API as one caller sees it. An answer that is no success is an <see cref="ApiProblemException"/>.</summary>
internal sealed class ClonesApi(HttpClient http)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static ClonesApi For(Uri apiUrl, string? apiKey = null)
    {
        var http = new HttpClient { BaseAddress = apiUrl, Timeout = TimeSpan.FromSeconds(60) };
        if (apiKey is not null)
            http.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        return new ClonesApi(http);
    }

    public void SignInWith(string accessToken) =>
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);

    public Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Get, path, null, null, cancellation);

    public Task<T> PutAsync<T>(string path, object body, CancellationToken cancellation) =>
        SendAsync<T>(HttpMethod.Put, path, body, null, cancellation);

    public Task<T> PostAsync<T>(string path, object? body, CancellationToken cancellation, string? idempotencyKey = null) =>
        SendAsync<T>(HttpMethod.Post, path, body, idempotencyKey, cancellation);

    /// <summary>All pages of a list.</summary>
    public async Task<IReadOnlyList<T>> ListAsync<T>(string path, CancellationToken cancellation)
    {
        var items = new List<T>();
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        string? cursor = null;
        do
        {
            var page = await GetAsync<Page<T>>(
                $"{path}{separator}limit=100{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}",
                cancellation
            );
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        } while (cursor is not null);
        return items;
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, object? body, string? idempotencyKey, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = JsonContent.Create(body, options: Json);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        if (method == HttpMethod.Post || path.Contains("/transactions/", StringComparison.Ordinal))
            request.Headers.Add("Prefer", "wait=15");

        using var response = await http.SendAsync(request, cancellation);
        if (response.IsSuccessStatusCode)
            return (await response.Content.ReadFromJsonAsync<T>(Json, cancellation))!;

        var text = await response.Content.ReadAsStringAsync(cancellation);
        var problem =
            response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                ? JsonSerializer.Deserialize<Problem>(text, Json)
                : null;
        throw new ApiProblemException($"{method} {path}", problem ?? new Problem(text, (int)response.StatusCode, null, null, null, null));
    }
}
