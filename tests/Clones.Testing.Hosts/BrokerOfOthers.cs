using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace Clones.Testing.Hosts;

/// <summary>The broker as other services and operators meet it: plain AMQP, and the management API.</summary>
internal static class BrokerOfOthers
{
    /// <summary>Plain JSON, persistent, confirmed.</summary>
    public static async Task PublishAsync(this TestVirtualHost broker, string exchange, params string[] bodies)
    {
        await using var connection = await new ConnectionFactory { Uri = broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (var body in bodies)
        {
            var properties = new BasicProperties { ContentType = "application/json", Persistent = true };
            await channel.BasicPublishAsync(exchange, "", true, properties, Encoding.UTF8.GetBytes(body));
        }
    }

    /// <summary>What the management UI shows as the reasons in an error queue, once there are so many.</summary>
    public static Task<List<string>> UntilFaultsAsync(this TestVirtualHost broker, string queue, int count) =>
        PatientWait.UntilAsync(
            async () => await broker.FaultsAsync(queue) is var faults && faults.Count >= count ? faults : null,
            $"{count} messages in {queue}_error"
        );

    public static async Task<List<string>> FaultsAsync(this TestVirtualHost broker, string queue) =>
        [.. (await broker.HeadersAsync($"{queue}_error")).Select(headers => headers.GetValueOrDefault("MT-Fault-Message", ""))];

    /// <summary>The headers of all messages that lie in a queue, which they stay in; none where there is no such queue.</summary>
    public static async Task<List<Dictionary<string, string>>> HeadersAsync(this TestVirtualHost broker, string queue)
    {
        await using var rabbit = new RabbitMqFixture();
        var management = await rabbit.ManagementAsync();
        using var answer = await management.PostAsJsonAsync(
            $"queues/{broker.Name}/{queue}/get",
            new
            {
                count = 100_000,
                ackmode = "ack_requeue_true",
                encoding = "auto",
                truncate = 100,
            }
        );
        if (!answer.IsSuccessStatusCode)
        {
            return [];
        }
        var messages = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return
        [
            .. messages
                .EnumerateArray()
                .Select(m => m.GetProperty("properties").TryGetProperty("headers", out var headers) ? headers : default)
                .Select(h =>
                    h.ValueKind == JsonValueKind.Object ? h.EnumerateObject().ToDictionary(x => x.Name, x => x.Value.ToString()) : []
                ),
        ];
    }

    public static async Task PurgeFaultsAsync(this TestVirtualHost broker, string queue)
    {
        await using var rabbit = new RabbitMqFixture();
        using var purged = await (await rabbit.ManagementAsync()).DeleteAsync($"queues/{broker.Name}/{queue}_error/contents");
    }
}
