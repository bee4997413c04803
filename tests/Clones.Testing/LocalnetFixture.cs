using System.Collections.Concurrent;

namespace Clones.Testing;

/// <summary>Fresh local Solana clusters (tools/localnet); disposing ends those that this fixture started.</summary>
public sealed class LocalnetFixture : IAsyncDisposable
{
    private readonly ConcurrentBag<LocalnetProcess> clusters = [];

    /// <summary>Those that run.</summary>
    public IEnumerable<int> ProcessIds => clusters.Select(cluster => cluster.ProcessId).OfType<int>();

    /// <summary>Starts an empty cluster and waits until it answers.</summary>
    /// <param name="slotMs">Milliseconds per slot, 400 on a real cluster; small values make finality (32 slots) come soon.</param>
    /// <param name="options">Further options of tools/localnet, such as "--program", "ID=FILE.so".</param>
    /// <returns>The RPC endpoint; the WebSocket listens on the next port.</returns>
    public async Task<Uri> StartAsync(int slotMs = 20, params string[] options)
    {
        var cluster = await LocalnetProcess.StartAsync(slotMs, options);
        clusters.Add(cluster);
        return cluster.Rpc;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in clusters)
        {
            await cluster.DisposeAsync();
        }
    }
}
