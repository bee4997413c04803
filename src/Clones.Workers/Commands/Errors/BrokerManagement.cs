using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Clones.Hosting;

namespace Clones.Workers.Commands.Errors;

/// <summary>
/// The broker's management API, which alone can name its queues. RABBITMQ_MANAGEMENT_URL says where it is; where that is not set it is looked for
/// beside the broker: port 15672 of an amqp address, 443 of an amqps address.
/// </summary>
internal sealed class BrokerManagement(Uri broker, Uri management)
{
    public const string Setting = "RABBITMQ_MANAGEMENT_URL";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // Without user and password.
    private string Address => $"{management.Scheme}://{management.Authority}{management.AbsolutePath}";

    /// <exception cref="ConfigurationMissingException">The setting is no http address.</exception>
    public static BrokerManagement Read(IConfiguration configuration, Uri broker)
    {
        if (configuration[Setting] is not { Length: > 0 } text)
        {
            var isSecure = broker.Scheme is "amqps" or "rabbitmqs";
            return new(broker, new UriBuilder(isSecure ? "https" : "http", broker.Host, isSecure ? 443 : 15_672).Uri);
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? new(broker, address)
            : throw new ConfigurationMissingException($"{Setting} is no http address. Set it as http://host:15672, or take it out.");
    }

    /// <returns>The error queues of the virtual host, sorted.</returns>
    /// <exception cref="HttpRequestException">It does not answer, or not with queues.</exception>
    public async Task<IReadOnlyList<ErrorQueueName>> ErrorQueuesAsync(CancellationToken cancellationToken)
    {
        try
        {
            var names = (await QueuesAsync(cancellationToken)).Select(q => q.Name).Order(StringComparer.Ordinal);
            return [.. names.Select(n => ErrorQueueName.TryParse(n, out var name) ? name : null).OfType<ErrorQueueName>()];
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException(
                $"The broker's management API at {Address} does not answer with its queues ({e.Message}). {Setting} says where it is.",
                e
            );
        }
    }

    private async Task<List<NamedQueue>> QueuesAsync(CancellationToken cancellationToken)
    {
        var virtualHost = broker.AbsolutePath.Trim('/') is { Length: > 0 } path ? Uri.UnescapeDataString(path) : "/";
        var user = management.UserInfo is { Length: > 0 } own ? own : broker.UserInfo;
        using var http = new HttpClient { Timeout = Timeout };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user)))
        );
        var queues = new Uri($"{Address.TrimEnd('/')}/api/queues/{Uri.EscapeDataString(virtualHost)}?columns=name");
        return await http.GetFromJsonAsync<List<NamedQueue>>(queues, cancellationToken) ?? [];
    }

    private sealed record NamedQueue(string Name);
}
