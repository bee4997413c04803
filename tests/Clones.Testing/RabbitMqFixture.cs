using System.Collections.Concurrent;

namespace Clones.Testing;

/// <param name="Amqp">amqp://user:password@host:port/name</param>
/// <param name="Management">Base of the management HTTP API with user and password, ends in "/api/".</param>
public sealed record TestVirtualHost(string Name, Uri Amqp, Uri Management);

/// <summary>Fresh virtual hosts on the test broker; disposing deletes those that this fixture made, with their queues.</summary>
public sealed class RabbitMqFixture : IAsyncDisposable
{
    private readonly ConcurrentBag<string> names = [];
    private readonly Lazy<Task<VirtualHosts>> broker = new(ConnectAsync);

    public async Task<TestVirtualHost> CreateVirtualHostAsync()
    {
        var servers = await TestServers.StartAsync();
        var name = $"t-{Guid.NewGuid():n}";
        names.Add(name);
        return new TestVirtualHost(name, await (await broker.Value).CreateAsync(name), new Uri(servers.RabbitMqManagement, "api/"));
    }

    /// <inheritdoc cref="VirtualHosts.Management"/>
    public async Task<HttpClient> ManagementAsync() => (await broker.Value).Management;

    public async ValueTask DisposeAsync()
    {
        if (!broker.IsValueCreated)
        {
            return;
        }

        using var connected = await broker.Value;
        foreach (var name in names)
        {
            await connected.DeleteAsync(name);
        }
    }

    private static async Task<VirtualHosts> ConnectAsync()
    {
        var servers = await TestServers.StartAsync();
        return new VirtualHosts(servers.RabbitMq, servers.RabbitMqManagement);
    }
}
