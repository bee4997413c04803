using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Clones.Hosting;

namespace Clones.Workers.Commands.Errors;

/// <summary>
/// The broker's management API, which alone can name its queues.
/// </summary>
internal sealed class BrokerManagement(Uri broker, ManagementOptions options)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Uri management = options.AddressBeside(broker);

    // Without user and password.
    private string Address => $"{management.Scheme}://{management.Authority}{management.AbsolutePath}";

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
                $"The broker's management API at {Address} does not answer with its queues ({e.Message}). {ManagementOptions.Setting} says where it is.",
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
