using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Clones.Testing;

internal sealed class LocalnetProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly LeashedProcess node;

    private LocalnetProcess(LeashedProcess node, Uri rpc)
    {
        this.node = node;
        Rpc = rpc;
    }

    public Uri Rpc { get; }

    public int? ProcessId => node.ProgramId;

    public static async Task<LocalnetProcess> StartAsync(int slotMs, string[] options)
    {
        await EnsureModulesAsync();
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await StartAsync(FreePort.Next(), slotMs, options);
            }
            catch (InvalidOperationException e) when (tries < 5 && e.Message.Contains("EADDRINUSE", StringComparison.Ordinal))
            {
                // Somebody else began to listen since the port was looked at.
            }
        }
    }

    private static async Task<LocalnetProcess> StartAsync(int port, int slotMs, string[] options)
    {
        string[] command =
        [
            "node",
            Repository.PathOf("tools", "localnet", "main.mjs"),
            "--port",
            $"{port}",
            "--slot-ms",
            $"{slotMs}",
            .. options,
        ];
        var cluster = new LocalnetProcess(LeashedProcess.Start(command), new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await cluster.WaitUntilHealthyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => node.DisposeAsync();

    // The script installs the modules where they are missing, under a lock, because test projects may run side by side.
    private static async Task EnsureModulesAsync()
    {
        if (Directory.Exists(Repository.PathOf("tools", "localnet", "node_modules")))
        {
            return;
        }

        using var script = Process.Start(
            new ProcessStartInfo(Repository.PathOf("clones")) { ArgumentList = { "servers", "test", "modules" } }
        )!;
        await script.WaitForExitAsync();
    }

    private async Task WaitUntilHealthyAsync()
    {
        using var http = new HttpClient { BaseAddress = Rpc, Timeout = TimeSpan.FromSeconds(5) };
        using var limit = new CancellationTokenSource(StartLimit);
        while (!await IsHealthyAsync(http))
        {
            if (node.HasExited || limit.IsCancellationRequested)
            {
                throw new InvalidOperationException($"tools/localnet did not start:\n{node.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient http)
    {
        try
        {
            var request = new
            {
                jsonrpc = "2.0",
                id = 1,
                method = "getHealth",
            };
            using var response = await http.PostAsJsonAsync("", request);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
            return answer.TryGetProperty("result", out var result) && result.GetString() == "ok";
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            return false;
        }
    }
}
