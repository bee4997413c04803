using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Clones.Testing;
using Clones.Testing.Hosts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Clones.Workers.Tests.Hosting;

/// <summary>Another service with the permissions that docs/messages.md gives it, on the broker that has the workers' exchanges and queues.</summary>
public sealed partial class BrokerPermissionTests(BrokerPermissionTests.Service service) : IClassFixture<BrokerPermissionTests.Service>
{
    [Theory]
    [InlineData("submission-graded")]
    [InlineData("payment-requested")]
    public async Task A_service_may_publish_to_the_exchanges_of_requests(string exchange) => await PublishAsync(exchange, "");

    [Theory]
    [InlineData("fail-deployment", "")]
    [InlineData("cancel-deployment", "")]
    [InlineData("prepare-transactions", "")]
    [InlineData("transaction-settled", "")]
    [InlineData("token-creation-succeeded", "")]
    [InlineData("payment-completed", "")]
    [InlineData("", "agent-lifecycle")]
    [InlineData("", "submission-graded")]
    public async Task A_service_may_not_give_the_workers_orders(string exchange, string queue)
    {
        var rejected = await Should.ThrowAsync<AlreadyClosedException>(() => PublishAsync(exchange, queue));

        rejected.ShutdownReason.ShouldNotBeNull().ReplyText.ShouldContain("ACCESS_REFUSED");
    }

    [Theory]
    [InlineData("agent-status-changed")]
    [InlineData("payment-confirmed")]
    [InlineData("payment-completed")]
    [InlineData("payment-failed")]
    [InlineData("pool-funds-changed")]
    [InlineData("deposit-wallet-created")]
    [InlineData("deposit-key-migrated")]
    public async Task A_service_may_hear_the_events_in_a_queue_of_its_own(string exchange)
    {
        await using var connection = await service.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();

        await channel.QueueDeclareAsync("my-service.all", durable: true, exclusive: false, autoDelete: false);
        await channel.QueueBindAsync("my-service.all", exchange, "");
    }

    [Theory]
    [InlineData("agent-lifecycle")]
    [InlineData("prepare-transactions")]
    [InlineData("submission-graded")]
    public async Task A_service_may_not_take_what_is_meant_for_the_workers(string queue)
    {
        await using var connection = await service.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();

        var rejected = await Should.ThrowAsync<OperationInterruptedException>(() => channel.BasicGetAsync(queue, autoAck: true));

        rejected.ShutdownReason.ShouldNotBeNull().ReplyText.ShouldContain("ACCESS_REFUSED");
    }

    [Theory]
    [InlineData("score must be 0 to 100", "urn:message:Clones.Contracts.Submissions:SubmissionGraded")]
    [InlineData("Nobody at submission-graded takes this message", "urn:message:Other:SubmissionGraded")]
    public async Task A_bad_message_that_names_its_user_ends_in_the_error_queue_like_any_other(string reason, string type)
    {
        await using var connection = await service.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties
        {
            UserId = service.Name,
            MessageId = $"{Guid.NewGuid()}",
            Headers = new Dictionary<string, object?> { ["MT-MessageType"] = type },
        };
        var bad =
            $$"""{"submissionId":"bad","trainingPoolId":"{{Guid.NewGuid()}}","submitter":"{{TestKeys.FreshAddress()}}","score":200}""";

        await channel.BasicPublishAsync("submission-graded", "", true, properties, Encoding.UTF8.GetBytes(bad));

        await PatientWait.UntilAsync(
            async () =>
                (await service.Broker.FaultsAsync("submission-graded")).FirstOrDefault(r => r.Contains(reason, StringComparison.Ordinal)),
            "the message to be rejected"
        );
    }

    private async Task PublishAsync(string exchange, string queue)
    {
        await using var connection = await service.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.BasicPublishAsync(exchange, queue, true, new BasicProperties(), Encoding.UTF8.GetBytes("{}"));
    }

    public sealed partial class Service : SettlementHost, IAsyncLifetime
    {
        private readonly string name = $"service-{Guid.NewGuid():N}";

        internal string Name => name;

        internal Task<IConnection> ConnectAsync() =>
            new ConnectionFactory { Uri = new UriBuilder(Broker.Amqp) { UserName = name, Password = name }.Uri }.CreateConnectionAsync();

        async ValueTask IAsyncLifetime.InitializeAsync()
        {
            await InitializeAsync();
            await using var rabbit = new RabbitMqFixture();
            var management = await rabbit.ManagementAsync();
            using var made = await management.PutAsJsonAsync($"users/{name}", new { password = name, tags = "" });
            made.EnsureSuccessStatusCode();
            var documented = SetPermissions().Match(await File.ReadAllTextAsync(Repository.PathOf("docs", "messages.md")));
            documented.Success.ShouldBeTrue();
            using var permitted = await management.PutAsJsonAsync(
                $"permissions/{Broker.Name}/{name}",
                new
                {
                    configure = documented.Groups["configure"].Value,
                    write = documented.Groups["write"].Value,
                    read = documented.Groups["read"].Value,
                }
            );
            permitted.EnsureSuccessStatusCode();
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            await using var rabbit = new RabbitMqFixture();
            using var gone = await (await rabbit.ManagementAsync()).DeleteAsync($"users/{name}");
            await DisposeAsync();
        }

        [GeneratedRegex(
            """set_permissions -p \S+ my-service (\\\n +)?"(?<configure>[^"]+)" (\\\n +)?"(?<write>[^"]+)" (\\\n +)?"(?<read>[^"]+)"$""",
            RegexOptions.Multiline
        )]
        private static partial Regex SetPermissions();
    }
}
