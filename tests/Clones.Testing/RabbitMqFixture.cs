using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Clones.Testing;

/// <param name="Amqp">amqp://user:password@host:port/name</param>
/// <param name="Management">Base of the management HTTP API with user and password, ends in "/api/".</param>
public sealed record TestVirtualHost(string Name, Uri Amqp, Uri Management);

/// <summary>Fresh virtual hosts on the test broker; disposing deletes those that this fixture made, with their queues.</summary>
public sealed class RabbitMqFixture : IAsyncDisposable
{
    private readonly ConcurrentBag<string> virtualHosts = [];
    private readonly Lazy<Task<HttpClient>> client = new(ConnectAsync);

    public async Task<TestVirtualHost> CreateVirtualHostAsync()
    {
        var servers = await TestServers.StartAsync();
        var management = await client.Value;
        var name = $"t-{Guid.NewGuid():n}";
        virtualHosts.Add(name);
        using var created = await management.PutAsJsonAsync($"vhosts/{name}", new { });
        created.EnsureSuccessStatusCode();
        using var permitted = await management.PutAsJsonAsync(
            $"permissions/{name}/{UserOf(servers).Name}",
            new
            {
                configure = ".*",
                write = ".*",
                read = ".*",
            }
        );
        permitted.EnsureSuccessStatusCode();
        return new TestVirtualHost(name, new Uri(servers.RabbitMq, name), new Uri(servers.RabbitMqManagement, "api/"));
    }

    /// <summary>A client of the management API, authorized, with base address ".../api/".</summary>
    public Task<HttpClient> ManagementAsync() => client.Value;

    public async ValueTask DisposeAsync()
    {
        if (!client.IsValueCreated)
        {
            return;
        }

        using var management = await client.Value;
        foreach (var name in virtualHosts)
        {
            using var deleted = await management.DeleteAsync($"vhosts/{name}");
        }
    }

    private static async Task<HttpClient> ConnectAsync()
    {
        var servers = await TestServers.StartAsync();
        var user = UserOf(servers);
        var http = new HttpClient { BaseAddress = new Uri(servers.RabbitMqManagement, "api/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Name}:{user.Password}"))
        );
        return http;
    }

    private static (string Name, string Password) UserOf(TestServers servers)
    {
        var parts = servers.RabbitMqManagement.UserInfo.Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts[1]));
    }
}
