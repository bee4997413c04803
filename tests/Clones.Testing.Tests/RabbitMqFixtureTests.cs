using System.Net;
using System.Text;
using RabbitMQ.Client;

namespace Clones.Testing.Tests;

public sealed class RabbitMqFixtureTests
{
    [Fact]
    public async Task A_message_published_in_a_fresh_virtual_host_comes_back_from_a_quorum_queue()
    {
        await using var rabbit = new RabbitMqFixture();
        var host = await rabbit.CreateVirtualHostAsync();
        await using var connection = await new ConnectionFactory { Uri = host.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
        await channel.QueueDeclareAsync("greetings", durable: true, exclusive: false, autoDelete: false, arguments);
        var received = new TaskCompletionSource<string>();
        var consumer = new RabbitMQ.Client.Events.AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            received.TrySetResult(Encoding.UTF8.GetString(delivery.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("greetings", autoAck: true, consumer);

        await channel.BasicPublishAsync("", "greetings", Encoding.UTF8.GetBytes("hello"));

        (await received.Task.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe("hello");
    }

    [Fact]
    public async Task A_virtual_host_is_gone_after_dispose()
    {
        TestVirtualHost host;
        await using var observer = new RabbitMqFixture();
        var management = await observer.ManagementAsync();
        await using (var rabbit = new RabbitMqFixture())
        {
            host = await rabbit.CreateVirtualHostAsync();
            using var present = await management.GetAsync($"vhosts/{host.Name}");
            present.StatusCode.ShouldBe(HttpStatusCode.OK);
        }

        using var absent = await management.GetAsync($"vhosts/{host.Name}");
        absent.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
