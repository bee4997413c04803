using System.Net.Http.Json;
using System.Text.Json;

namespace Clones.Testing;

/// <summary>What only tools/localnet answers: faults, time and blocks at will.</summary>
/// <param name="cluster">Its first front node.</param>
public sealed class LocalnetAdmin(Uri cluster) : IDisposable
{
    private readonly HttpClient http = new();

    public Task SetFaultsAsync(object faults) => CallAsync("clones_setFaults", faults);

    public Task ClearFaultsAsync() => CallAsync("clones_clearFaults");

    /// <summary>Makes that many blocks at once, the chain's clock with them.</summary>
    public Task WarpAsync(int slots) => CallAsync("clones_warp", slots);

    /// <returns>What it answered.</returns>
    /// <exception cref="InvalidOperationException">It answered with an error.</exception>
    public async Task<JsonElement> CallAsync(string method, params object[] parameters)
    {
        var request = new
        {
            jsonrpc = "2.0",
            id = 1,
            method,
            @params = parameters,
        };
        using var response = await http.PostAsJsonAsync(cluster, request);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.TryGetProperty("error", out var error)
            ? throw new InvalidOperationException($"{method}: {error}")
            : answer.GetProperty("result");
    }

    public void Dispose() => http.Dispose();
}
