using System.Text.Json;
using RabbitMQ.Client;

namespace Clones.Chaos.Work;

/// <summary>Another service that wants to know which payments are complete: a durable queue of its own, read when all is over.</summary>
internal sealed class CompletionListener(Uri virtualHost)
{
    private const string Queue = "chaos-listener";

    public async Task BindAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        await channel.QueueDeclareAsync(
            Queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-queue-type"] = "quorum" },
            cancellationToken: cancellationToken
        );
        await channel.QueueBindAsync(Queue, "payment-completed", "", cancellationToken: cancellationToken);
    }

    /// <returns>For each payment how many different messages said that it is complete; the same one twice is one.</returns>
    public async Task<IReadOnlyDictionary<Guid, int>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var heard = new Dictionary<Guid, HashSet<string>>();
        while (await channel.BasicGetAsync(Queue, autoAck: true, cancellationToken) is { } message)
        {
            using var body = JsonDocument.Parse(message.Body);
            var payment = body.RootElement.GetProperty("paymentId").GetGuid();
            if (!heard.TryGetValue(payment, out var messages))
            {
                heard[payment] = messages = [];
            }
            messages.Add(message.BasicProperties.MessageId ?? throw new InvalidOperationException("A message without an id."));
        }
        return heard.ToDictionary(h => h.Key, h => h.Value.Count);
    }

    private async Task<IConnection> ConnectAsync(CancellationToken cancellationToken) =>
        await new ConnectionFactory { Uri = virtualHost }.CreateConnectionAsync(cancellationToken);
}
