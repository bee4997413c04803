using System.Security.Cryptography;
using Clones.Testing;

namespace Clones.EndToEnd.Tests;

/// <summary>What starting the hosts as processes takes.</summary>
internal static class Hosts
{
    public static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(120);

    public static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string DemoPath => Repository.PathOf("tools", "Clones.Demo", "bin", Configuration, "net10.0", "Clones.Demo.dll");

    public static string PathOf(string host) => Repository.PathOf("src", host, "bin", Configuration, "net10.0", $"{host}.dll");

    public static async Task UntilReadyAsync(Uri url, LeashedProcess process)
    {
        using var http = new HttpClient { BaseAddress = url };
        using var limit = new CancellationTokenSource(ReadyLimit);
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready", limit.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"The host at {url} is not ready after {ReadyLimit}:\n{process.Output}");
            }
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The host did not start:\n{process.Output}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
