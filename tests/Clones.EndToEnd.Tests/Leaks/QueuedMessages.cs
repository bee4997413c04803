using System.Net.Http.Json;
using System.Text.Json;

namespace Clones.EndToEnd.Tests.Leaks;

/// <summary>The queues of a virtual host, looked at without taking anything out.</summary>
internal sealed class QueuedMessages(HttpClient management, string virtualHost)
{
    public async Task<IReadOnlyList<(string Name, int Messages)>> CountAsync(CancellationToken cancellationToken)
    {
        var queues = await management.GetFromJsonAsync<JsonElement>($"queues/{virtualHost}", cancellationToken);
        return
        [
            .. queues
                .EnumerateArray()
                // A queue that was declared a moment ago has no statistics yet.
                .Select(q =>
                    (q.GetProperty("name").GetString()!, q.TryGetProperty("messages", out var messages) ? messages.GetInt32() : 0)
                ),
        ];
    }

    /// <returns>All messages of all queues with their headers, as JSON and once more with their bodies as they are.</returns>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        var text = "";
        foreach (var (queue, _) in await CountAsync(cancellationToken))
        {
            var request = new
            {
                count = 1_000,
                ackmode = "ack_requeue_true",
                encoding = "auto",
            };
            using var answer = await management.PostAsJsonAsync($"queues/{virtualHost}/{queue}/get", request, cancellationToken);
            answer.EnsureSuccessStatusCode();
            var messages = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            text += $"{queue}: {messages}\n";
            text += string.Join('\n', messages.EnumerateArray().Select(m => m.GetProperty("payload").GetString()));
        }
        return text;
    }
}
