using System.Text;
using System.Text.Json;
using RabbitMQ.Client;

namespace Clones.Demo;

/// <summary>A service in another language would do the same: plain JSON, straight to the exchange, with the broker's confirmation.</summary>
internal static class GradingService
{
    public const string Exchange = "submission-graded";

    public static async Task PublishGradedAsync(Uri rabbitMqUrl, object submission, CancellationToken cancellation)
    {
        var factory = new ConnectionFactory { Uri = rabbitMqUrl };
        await using var connection = await factory.CreateConnectionAsync(cancellation);
        await using var channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            cancellation
        );
        await channel.BasicPublishAsync(
            Exchange,
            routingKey: "",
            mandatory: true,
            new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent },
            Encoding.UTF8.GetBytes(JsonSerializer.Serialize(submission)),
            cancellation
        );
    }
}
