using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Domain.Tokens;
using Clones.Testing;
using Clones.Testing.Hosts;
using Clones.Workers.Commands.Errors;
using Clones.Workers.Tests.Fuzzing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using RabbitMQ.Client;

namespace Clones.Workers.Tests.Commands.Errors;

/// <summary>
/// Messages that were rejected for what did not exist yet, and their ways back. One test after the other: they share the queue of submissions.
/// </summary>
public sealed class ErrorQueueTests(AllWorkers workers) : IClassFixture<AllWorkers>, IAsyncLifetime
{
    private const string Errors = "submission-graded_error";
    private readonly RabbitMqFixture rabbit = new();

    public ValueTask InitializeAsync() => new(workers.Broker.PurgeFaultsAsync("submission-graded"));

    public ValueTask DisposeAsync() => rabbit.DisposeAsync();

    [Fact]
    public async Task Move_messages_of_the_management_ui_brings_a_message_back_and_it_is_handled()
    {
        var graded = await RejectedAsync();
        await CreatePoolAsync(graded.PoolId);

        await MoveInTheManagementUiAsync();

        await DecisionAsync(graded.SubmissionId);
        await UntilEmptyAsync();
        // Moved once more it is known, and so is it when it is published again.
        await PublishAsync(graded);
        await PublishAsync(graded);
        await PublishAsync(Grade("last", graded.PoolId));
        await DecisionAsync("last");
        (await DecisionsAsync(graded)).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_still_wrong_comes_back_from_the_shovel_with_its_id_and_a_reason_of_now()
    {
        var graded = await RejectedAsync();
        var before = (await workers.Broker.HeadersAsync(Errors)).ShouldHaveSingleItem();

        await MoveInTheManagementUiAsync();

        var after = await PatientWait.UntilAsync(
            async () =>
                (await workers.Broker.HeadersAsync(Errors)) is [var headers]
                && headers["MT-Fault-Timestamp"] != before["MT-Fault-Timestamp"]
                    ? headers
                    : null,
            "the message to be rejected anew"
        );
        after["MT-Fault-Message"].ShouldBe($"trainingPoolId: there is no training pool {graded.PoolId}.");
        (await RunAsync("show", Errors, "--message", graded.MessageId)).Code.ShouldBe(ErrorsCommand.Done);
    }

    [Fact]
    public async Task Replay_brings_all_back_once_and_finds_nothing_the_second_time()
    {
        var poolId = Guid.CreateVersion7();
        var graded = await Task.WhenAll(RejectedAsync(poolId), RejectedAsync(poolId), RejectedAsync(poolId));
        await workers.Broker.UntilFaultsAsync("submission-graded", 3);
        await CreatePoolAsync(poolId);

        var first = await RunAsync("replay", Errors);
        foreach (var one in graded)
        {
            await DecisionAsync(one.SubmissionId);
        }
        var second = await RunAsync("replay", Errors);

        first.ShouldBe((ErrorsCommand.Done, $"3 messages moved from {Errors} to submission-graded\n"));
        second.ShouldBe((ErrorsCommand.Done, $"There is no message in {Errors}.\n"));
    }

    [Fact]
    public async Task Replay_of_what_is_still_wrong_ends()
    {
        await Task.WhenAll(RejectedAsync(), RejectedAsync());
        await workers.Broker.UntilFaultsAsync("submission-graded", 2);

        var (code, said) = await RunAsync("replay", Errors);

        code.ShouldBe(ErrorsCommand.Done);
        said.ShouldStartWith("2 messages moved");
        await workers.Broker.UntilFaultsAsync("submission-graded", 2);
    }

    [Fact]
    public async Task One_message_is_brought_back_and_the_others_stay_in_their_order()
    {
        var poolId = Guid.CreateVersion7();
        var (first, second, third) = (await RejectedAsync(poolId), await RejectedAsync(poolId), await RejectedAsync(poolId));
        await workers.Broker.UntilFaultsAsync("submission-graded", 3);
        await CreatePoolAsync(poolId);

        (await RunAsync("replay", Errors, "--message", second.MessageId)).ShouldBe(
            (ErrorsCommand.Done, $"1 message moved from {Errors} to submission-graded\n")
        );
        await DecisionAsync(second.SubmissionId);
        await workers.Broker.UntilFaultsAsync("submission-graded", 2);

        (await ShownIdsAsync()).ShouldBe([first.MessageId, third.MessageId]);
        (await RunAsync("replay", Errors, "--message", second.MessageId)).ShouldBe(
            (ErrorsCommand.NotDone, $"No message {second.MessageId} in {Errors}: ./clones errors show {Errors}\n")
        );
    }

    [Fact]
    public async Task Killed_between_the_two_queues_a_message_is_in_both_and_handled_once()
    {
        var graded = await RejectedAsync();
        await CreatePoolAsync(graded.PoolId);
        ErrorQueueName.TryParse(Errors, out var queue).ShouldBeTrue();

        await using (var broker = await ErrorBroker.ConnectAsync(workers.Broker.Amqp, TestContext.Current.CancellationToken))
        {
            await Should.ThrowAsync<EndOfStreamException>(() =>
                broker.ReplayAsync(
                    queue!,
                    id: null,
                    () => throw new InvalidOperationException("It was not acknowledged."),
                    TestContext.Current.CancellationToken,
                    copied: () => throw new EndOfStreamException("The process dies here.")
                )
            );
        }
        await DecisionAsync(graded.SubmissionId);
        await workers.Broker.UntilFaultsAsync("submission-graded", 1);
        (await ShownIdsAsync()).ShouldBe([graded.MessageId]);

        (await RunAsync("replay", Errors)).Code.ShouldBe(ErrorsCommand.Done);
        await PublishAsync(Grade("behind it", graded.PoolId));
        await DecisionAsync("behind it");
        await UntilEmptyAsync();
        (await DecisionsAsync(graded)).ShouldBe(1);
    }

    [Fact]
    public async Task A_message_of_a_service_that_gives_no_ids_is_found_by_the_one_that_show_makes()
    {
        var graded = Grade($"anonymous-{Guid.NewGuid():N}", Guid.CreateVersion7()) with { MessageId = "" };
        await PublishAsync(graded);
        await workers.Broker.UntilFaultsAsync("submission-graded", 1);
        await CreatePoolAsync(graded.PoolId);
        var id = (await ShownIdsAsync()).ShouldHaveSingleItem();

        id.ShouldStartWith("body-");
        (await RunAsync("replay", Errors, "--message", id)).Code.ShouldBe(ErrorsCommand.Done);
        await DecisionAsync(graded.SubmissionId);
    }

    [Fact]
    public async Task Nobody_else_is_sent_a_copy_of_what_is_moved_back()
    {
        await using var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("of-somebody-else", true, false, false);
        await channel.QueueDeclareAsync("orders", true, false, false);
        await channel.QueueDeclareAsync("orders_error", true, false, false);
        // A fanout exchange knows no addressees; the way back leads through one that does.
        var properties = new BasicProperties
        {
            ContentType = "application/json",
            Headers = new Dictionary<string, object?>
            {
                ["CC"] = new List<object> { "of-somebody-else" },
                ["kept"] = "yes",
            },
        };
        await channel.BasicPublishAsync("submission-graded", "", true, properties, "no JSON"u8.ToArray());
        await workers.Broker.UntilFaultsAsync("submission-graded", 1);
        var rejected = (await workers.Broker.HeadersAsync(Errors)).ShouldHaveSingleItem();
        await channel.ExchangeDeclareAsync("any", ExchangeType.Fanout, autoDelete: true);
        await channel.QueueBindAsync("orders_error", "any", "");
        await channel.BasicPublishAsync("any", "", true, properties, "{}"u8.ToArray());

        (await RunAsync("replay", "orders_error")).Code.ShouldBe(ErrorsCommand.Done);

        rejected.ShouldContainKey("kept");
        rejected.ShouldNotContainKey("CC");
        (await channel.MessageCountAsync("orders")).ShouldBe(1u);
        (await channel.MessageCountAsync("of-somebody-else")).ShouldBe(0u);
    }

    [Fact]
    public async Task The_list_has_every_error_queue_with_its_depth_and_its_reasons_counted()
    {
        await Task.WhenAll(RejectedAsync(), RejectedAsync());
        await workers.Broker.PublishAsync("submission-graded", "this is no JSON");
        await workers.Broker.UntilFaultsAsync("submission-graded", 3);
        await using (var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync())
        {
            await channel.QueueDeclareAsync("of-an-earlier-version_skipped", true, false, false);
            await channel.BasicPublishAsync("", "of-an-earlier-version_skipped", "{}"u8.ToArray());
            await channel.QueueDeclareAsync("no_errors_here", true, false, false);
        }

        var (code, said) = await RunAsync("list");

        code.ShouldBe(ErrorsCommand.Done);
        said.ShouldContain($"{Errors, -44}       3 messages\n       2  trainingPoolId: there is no training pool *.\n");
        said.ShouldContain($"{"of-an-earlier-version_skipped", -44}       1 message\n       1  none in its headers\n");
        said.ShouldNotContain("no_errors_here");
    }

    [Fact]
    public async Task What_a_message_holds_is_shown_without_secrets_and_cannot_write_on_the_terminal()
    {
        await workers.Broker.PublishAsync(
            "submission-graded",
            "{\"password\":\"hunter2\",\"url\":\"amqp://user:hunter3@host/\",\"ring\":\"\u0007\u001b[2J\u202e\"}"
        );
        await workers.Broker.UntilFaultsAsync("submission-graded", 1);

        var (_, said) = await RunAsync("show", Errors);

        said.ShouldContain("[redacted]");
        said.ShouldNotContain("hunter");
        said.ShouldContain("\\u0007\\u001b[2J\\u202e");
        said.ShouldNotContain("\u001b");
        said.ShouldEndWith("1 of 1 messages\n");
    }

    [Theory]
    [InlineData(ErrorsCommand.WrongUsage, "There is no queue \"nothing_error\": ./clones errors list\n", "show", "nothing_error")]
    [InlineData(ErrorsCommand.WrongUsage, "There is no queue \"nothing_error\": ./clones errors list\n", "replay", "nothing_error")]
    [InlineData(ErrorsCommand.NotDone, "No message x in submission-graded_error: ", "show", Errors, "--message", "x")]
    [InlineData(ErrorsCommand.NotDone, "There is no queue \"orphan\" to move them back to.\n", "replay", "orphan_error")]
    public async Task What_is_not_there_is_said(int code, string told, params string[] args)
    {
        await RejectedAsync();
        await using var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await channel.QueueDeclareAsync("orphan_error", true, false, false);
        await channel.QueuePurgeAsync("orphan_error");
        await channel.BasicPublishAsync("", "orphan_error", "{}"u8.ToArray());

        var answer = await RunAsync(args);

        answer.Code.ShouldBe(code);
        answer.Said.ShouldStartWith(told);
        await PatientWait.UntilAsync(
            async () => await channel.MessageCountAsync("orphan_error") == 1 ? "there" : null,
            "what could not be moved to be where it was"
        );
    }

    [Fact]
    public async Task A_broker_or_a_management_API_that_is_away_is_said_without_the_password()
    {
        var noBroker = await RunAsync(["list"], ("RABBITMQ_URL", "amqp://clones:hunter2@127.0.0.1:1/clones"));
        var noManagement = await RunAsync(["list"], (ManagementOptions.Setting, "http://clones:hunter2@127.0.0.1:1/"));

        (noBroker.Code, noManagement.Code).ShouldBe((ErrorsCommand.NotDone, ErrorsCommand.NotDone));
        noBroker.Said.ShouldStartWith("The broker at 127.0.0.1:1 did not do its part: ");
        noManagement.Said.ShouldStartWith("The broker's management API at http://127.0.0.1:1/ does not answer");
        (noBroker.Said + noManagement.Said).ShouldNotContain("hunter2");
    }

    [Theory]
    [InlineData("submission-graded", "urn:message:Other.Service:SubmissionGraded")]
    [InlineData("agent-lifecycle", "urn:message:Other.Service:CancelAgent")]
    public async Task A_message_in_MassTransits_envelope_that_nobody_takes_is_an_error_with_a_reason_and_a_line_in_the_log(
        string queue,
        string type
    )
    {
        var mark = Guid.NewGuid();
        var envelope = $$"""{"messageId":"{{mark}}","messageType":["{{type}}"],"message":{"agentId":"{{mark}}"} }""";

        await SendAsync(queue, envelope, "application/vnd.masstransit+json", mark);

        await ShouldBeRejectedAsync(
            queue,
            mark,
            $"Nobody at {queue} takes this message: it says to be {type}, in an envelope of MassTransit. "
                + "Publish the body alone, as plain JSON (application/json)."
        );
    }

    [Theory]
    [InlineData("submission-graded")]
    [InlineData("agent-lifecycle")]
    public async Task A_plain_message_of_a_type_that_nobody_takes_is_an_error_with_a_reason_and_a_line_in_the_log(string queue)
    {
        var mark = Guid.NewGuid();

        await SendAsync(queue, "{}", "application/json", mark, "urn:message:Clones.Contracts:Version9");

        await ShouldBeRejectedAsync(
            queue,
            mark,
            $"Nobody at {queue} takes this message: it says to be urn:message:Clones.Contracts:Version9. "
                + "Publish it without the header MT-MessageType."
        );
    }

    private async Task ShouldBeRejectedAsync(string queue, Guid mark, string reason)
    {
        var (_, said) = await PatientWait.UntilAsync(
            async () =>
                await RunAsync("show", $"{queue}_error", "--message", $"{mark}") is { Code: 0 } seen
                    ? Tuple.Create(seen.Code, seen.Said)
                    : null,
            $"the message to be in {queue}_error"
        );
        said.ShouldContain($"  reason  {reason}\n");
        workers.Log.Text.ShouldContain(
            $"Error Clones.Messaging.Bus.SkippedMessageFilter: A message in {queue} was moved to its error queue: {reason}"
        );
        var queues = await (await rabbit.ManagementAsync()).GetFromJsonAsync<JsonElement>(
            $"queues/{workers.Broker.Name}?columns=name",
            TestContext.Current.CancellationToken
        );
        queues.EnumerateArray().Select(q => q.GetProperty("name").GetString()).ShouldNotContain($"{queue}_skipped");
    }

    /// <summary>
    /// What the form "Move messages" on the page of a queue sends, until the shovel has ended. It moves as many messages as are ready when it starts:
    /// nobody may hold them then, as whoever looks into the queue does for a moment.
    /// </summary>
    private async Task MoveInTheManagementUiAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await PatientWait.UntilAsync(async () => await channel.MessageCountAsync(Errors) > 0 ? "ready" : null, "the message to be ready");
        var (broker, name) = (workers.Broker.Name, $"Move from {Errors}");
        var shovel = new Dictionary<string, object>
        {
            ["src-uri"] = $"amqp:///{broker}",
            ["src-queue"] = Errors,
            ["src-protocol"] = "amqp091",
            ["src-prefetch-count"] = 1000,
            ["src-delete-after"] = "queue-length",
            ["dest-protocol"] = "amqp091",
            ["dest-uri"] = $"amqp:///{broker}",
            ["dest-add-forward-headers"] = false,
            ["ack-mode"] = "on-confirm",
            ["dest-queue"] = "submission-graded",
            ["src-consumer-args"] = new object(),
        };
        var parameter = new
        {
            component = "shovel",
            vhost = broker,
            name,
            value = shovel,
        };
        var management = await rabbit.ManagementAsync();
        var address = $"parameters/shovel/{broker}/{Uri.EscapeDataString(name)}";
        using var put = await management.PutAsJsonAsync(address, parameter, TestContext.Current.CancellationToken);
        put.IsSuccessStatusCode.ShouldBeTrue(await put.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await PatientWait.UntilAsync(
            async () =>
            {
                using var left = await management.GetAsync(address, TestContext.Current.CancellationToken);
                return left.StatusCode == HttpStatusCode.NotFound ? "ended" : null;
            },
            "the shovel to end"
        );
    }

    private sealed record Graded(string SubmissionId, Guid PoolId, string MessageId, string Body);

    /// <summary>A submission to a training pool that does not exist, once it lies in the error queue.</summary>
    private async Task<Graded> RejectedAsync(Guid? poolId = null)
    {
        var graded = Grade($"rejected-{Guid.NewGuid():N}", poolId ?? Guid.CreateVersion7());
        await PublishAsync(graded);
        await PatientWait.UntilAsync(
            async () => (await RunAsync("show", Errors, "--message", graded.MessageId)).Code == ErrorsCommand.Done ? "there" : null,
            "the message to be rejected"
        );
        return graded;
    }

    // A score that pays nothing: a decision is all that comes of it.
    private static Graded Grade(string id, Guid poolId) =>
        new(
            id,
            poolId,
            $"{Guid.NewGuid()}",
            $$"""{"submissionId":"{{id}}","trainingPoolId":"{{poolId}}","submitter":"{{TestKeys.FreshAddress()}}","score":40}"""
        );

    private Task PublishAsync(Graded graded) =>
        SendAsync("submission-graded", graded.Body, "application/json", graded.MessageId.Length == 0 ? null : Guid.Parse(graded.MessageId));

    private async Task SendAsync(string queue, string body, string contentType, Guid? id, string? type = null)
    {
        await using var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        var properties = new BasicProperties { ContentType = contentType, Persistent = true };
        if (id is not null)
        {
            properties.MessageId = $"{id}";
        }
        if (type is not null)
        {
            properties.Headers = new Dictionary<string, object?> { ["MT-MessageType"] = type };
        }
        await channel.BasicPublishAsync("", queue, true, properties, Encoding.UTF8.GetBytes(body));
    }

    private Task CreatePoolAsync(Guid id) =>
        workers.WithAsync(
            async (_, db) =>
            {
                db.TrainingPools.Add(
                    new TrainingPool
                    {
                        Id = id,
                        OwnerAddress = TestKeys.FreshAddress(),
                        Name = "Pool that came late",
                        Skills = [],
                        TokenSymbol = Token.SolSymbol,
                        PricePerDemo = 1_000_000,
                        Status = TrainingPoolStatus.NoFunds,
                        CreatedAt = TimeProvider.System.GetUtcNow(),
                        UpdatedAt = TimeProvider.System.GetUtcNow(),
                    }
                );
                return await db.SaveChangesAsync();
            }
        );

    private Task<RewardDecision> DecisionAsync(string id) =>
        PatientWait.UntilAsync(
            () => workers.WithAsync((_, db) => db.RewardDecisions.AsNoTracking().FirstOrDefaultAsync(d => d.SubmissionId == id)),
            $"a decision about {id}"
        );

    private Task<int> DecisionsAsync(Graded graded) =>
        workers.WithAsync((_, db) => db.RewardDecisions.CountAsync(d => d.SubmissionId == graded.SubmissionId));

    private Task<string> UntilEmptyAsync() =>
        PatientWait.UntilAsync(
            async () => (await workers.Broker.HeadersAsync(Errors)).Count == 0 ? "empty" : null,
            "the error queue to be empty"
        );

    private async Task<string[]> ShownIdsAsync() =>
        [
            .. (await RunAsync("show", Errors))
                .Said.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith(' '))
                .SkipLast(1),
        ];

    private Task<(int Code, string Said)> RunAsync(params string[] args) => RunAsync(args, ("unused", ""));

    private async Task<(int Code, string Said)> RunAsync(string[] args, (string Name, string Value) setting)
    {
        var settings = new Dictionary<string, string?>
        {
            ["RABBITMQ_URL"] = workers.Broker.Amqp.ToString(),
            [ManagementOptions.Setting] = new Uri(workers.Broker.Management, "..").ToString(),
            [setting.Name] = setting.Value,
        };
        await using var said = new StringWriter { NewLine = "\n" };
        var code = await TestCommands.RunAsync(
            ["errors", .. args],
            said,
            said,
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build()
        );
        return (code, said.ToString());
    }
}
