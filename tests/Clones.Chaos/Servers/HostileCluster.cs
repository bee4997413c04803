using System.Net.Http.Json;
using System.Text.Json;
using Clones.Solana.Rpc;
using Clones.Testing;

namespace Clones.Chaos.Servers;

/// <summary>A Solana VM behind three nodes, each of which fails, lags and lies by itself while a storm is on.</summary>
internal sealed class HostileCluster : IAsyncDisposable
{
    private const int Fronts = 3;

    /// <summary>Finality comes after 3.2 s, a blockhash lives 15 s: long enough to be outlived by a freeze.</summary>
    private const int SlotMs = 100;

    private readonly LocalnetFixture localnet = new();
    private readonly HttpClient http = new();
    private LocalnetAdmin admin = null!;
    private Uri first = null!;

    public IReadOnlyList<Uri> Urls => [.. Enumerable.Range(0, Fronts).Select(i => new UriBuilder(first) { Port = first.Port + 2 * i }.Uri)];

    /// <summary>A client for the setting and the audit, when no storm is on.</summary>
    public IRpcClient Rpc { get; private set; } = null!;

    public async Task StartAsync()
    {
        first = await localnet.StartAsync(SlotMs, "--fronts", $"{Fronts}");
        admin = new LocalnetAdmin(first);
        Rpc = new SolanaRpcClient(http, first);
    }

    /// <summary>One client for each node.</summary>
    public IReadOnlyList<IRpcClient> Clients(TimeSpan timeout) => [.. Urls.Select(url => new SolanaRpcClient(http, url, timeout))];

    // Pauses of up to 15 s for each kind: finality is stalled a third of the time, and most blockhashes live to their end.
    public Task BeginStormAsync(ulong seed, TimeSpan length) =>
        admin.CallAsync(
            "clones_storm",
            new
            {
                seed = seed & 0xFFFF_FFFF,
                ms = (long)length.TotalMilliseconds,
                pauseMs = 15_000,
                lengthMs = 8_000,
            }
        );

    /// <returns>How many episodes of each kind there were.</returns>
    public async Task<IReadOnlyDictionary<string, int>> CalmAsync()
    {
        var status = await admin.CallAsync("clones_stormStatus");
        await admin.CallAsync("clones_calm");
        await admin.ClearFaultsAsync();
        return status.GetProperty("begun").Deserialize<Dictionary<string, int>>()!;
    }

    public async ValueTask DisposeAsync()
    {
        await localnet.DisposeAsync();
        admin?.Dispose();
        http.Dispose();
    }
}
