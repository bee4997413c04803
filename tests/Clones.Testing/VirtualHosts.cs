using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;

namespace Clones.Testing;

/// <summary>Virtual hosts of a broker, by its management API.</summary>
public sealed class VirtualHosts : IDisposable
{
    private readonly Uri broker;
    private readonly string user;

    /// <param name="broker">amqp://user:password@host:port/, with any virtual host.</param>
    /// <param name="management">http://user:password@host:port/</param>
    public VirtualHosts(Uri broker, Uri management)
    {
        this.broker = broker;
        var parts = management.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        user = parts[0];
        Management = new HttpClient { BaseAddress = new Uri(management, "api/") };
        Management.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{parts[1]}"))
        );
    }

    /// <summary>A client of the management API, authorized, with base address ".../api/".</summary>
    public HttpClient Management { get; }

    /// <returns>Its address, for AMQP.</returns>
    public async Task<Uri> CreateAsync(string name)
    {
        using var made = await Management.PutAsJsonAsync($"vhosts/{name}", new { });
        made.EnsureSuccessStatusCode();
        var all = new
        {
            configure = ".*",
            write = ".*",
            read = ".*",
        };
        using var permitted = await Management.PutAsJsonAsync($"permissions/{name}/{user}", all);
        permitted.EnsureSuccessStatusCode();
        return new Uri(broker, name);
    }

    /// <summary>With all its queues; does nothing where there is none of that name.</summary>
    public async Task DeleteAsync(string name)
    {
        using var deleted = await Management.DeleteAsync($"vhosts/{name}");
    }

    public void Dispose() => Management.Dispose();
}
