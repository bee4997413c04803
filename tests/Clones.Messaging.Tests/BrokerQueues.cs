using System.Text.Json;
using Clones.Testing;

namespace Clones.Messaging.Tests;

/// <summary>Looks into queues as an operator does, through the management API.</summary>
internal static class BrokerQueues
{
    /// <summary>Whether the queue exists and holds that many messages.</summary>
    public static async Task<bool> CountAsync(this RabbitMqFixture rabbit, TestVirtualHost broker, string queue, int count) =>
        (await rabbit.PeekAsync(broker, queue)).Count == count;

    /// <summary>Headers of the messages in the queue, which stay there; empty where the queue does not exist.</summary>
    public static async Task<IReadOnlyList<JsonElement>> PeekAsync(this RabbitMqFixture rabbit, TestVirtualHost broker, string queue)
    {
        var management = await rabbit.ManagementAsync();
        using var content = new StringContent("""{"count":1000,"ackmode":"ack_requeue_true","encoding":"auto"}""");
        using var response = await management.PostAsync($"queues/{broker.Name}/{queue}/get", content);
        if (!response.IsSuccessStatusCode)
        {
            return [];
        }

        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return [.. document.RootElement.EnumerateArray().Select(x => x.GetProperty("properties").GetProperty("headers").Clone())];
    }
}
