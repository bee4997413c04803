using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Clones.Domain.Payments;
using Clones.Domain.Pools;
using Clones.Testing;
using Clones.Testing.Hosts;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Clones.Workers.Tests.Fuzzing;

/// <summary>
/// Two thousand malformed messages, made from the contracts and one seed, into every queue that the workers read. CLONES_FUZZ_SEED sets another
/// seed, CLONES_FUZZ_ONLY sends one of its messages alone.
/// </summary>
public sealed class QueueFuzzTests(AllWorkers workers, ITestOutputHelper output) : IClassFixture<AllWorkers>
{
    private const int Count = 2_000;
    private const ulong Sol = 1_000_000_000;
    private const string Number = "fuzz-number";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // What the workers note by themselves, whatever comes: how far each wallet was read, what was delivered.
    private static readonly string[] Restless =
    [
        "wallet_scans",
        "wallet_movements",
        "wallet_totals",
        "reserved_totals",
        "wallet_comparisons",
        "on_chain_transactions",
        "deposit_wallets",
        "inbox_state",
        "outbox_state",
        "outbox_message",
        "signing_fence",
    ];

    [Fact]
    public async Task Two_thousand_malformed_messages_end_in_error_queues_with_a_reason_change_nothing_and_hold_nobody_back()
    {
        var seed = Variable("CLONES_FUZZ_SEED") ?? 20_261_125;
        var numbers = Variable("CLONES_FUZZ_ONLY") is { } only ? [only] : Enumerable.Range(0, Count).ToList();
        var pool = await workers.CreatePoolAsync(2 * Sol);
        await QuietAsync();
        var before = await TableStates.ReadAsync(workers.Database, Restless);
        var clock = Stopwatch.StartNew();
        var sent = new Dictionary<string, Dictionary<int, string>>();

        await using (var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)))
        {
            foreach (var number in numbers)
            {
                var door = QueueDoor.All[number % QueueDoor.All.Count];
                var (properties, body, wrong) = new MalformedMessage(new Random(unchecked((seed * 1_000_003) + number))).For(door);
                properties.Headers ??= new Dictionary<string, object?>();
                properties.Headers[Number] = number.ToString(CultureInfo.InvariantCulture);
                await channel.BasicPublishAsync("", door.Queue, true, properties, body);
                if (!sent.TryGetValue(door.Queue, out var ofQueue))
                {
                    sent[door.Queue] = ofQueue = [];
                }

                ofQueue[number] = $"CLONES_FUZZ_SEED={seed} CLONES_FUZZ_ONLY={number}: {door.Message.Name}, {wrong}";
            }
        }
        // Behind all of them.
        await PayAsync(pool.Id);
        output.WriteLine($"{numbers.Count / clock.Elapsed.TotalSeconds:0} a second");
        foreach (var (queue, all) in sent)
        {
            var taken = await TakenAsync(queue, all.Keys);
            taken.ShouldBeEmpty($"{queue} took:\n{string.Join('\n', taken.Select(number => all[number]))}");
            (await workers.Broker.FaultsAsync(queue)).ShouldAllBe(reason => reason.Length > 10 && reason.Length < 2_000);
        }
        await ShouldBeAsBeforeAsync(before, pool.Id);
    }

    [Fact]
    public async Task Well_formed_messages_about_things_that_do_not_exist_change_nothing_and_end()
    {
        await QuietAsync();
        var before = await TableStates.ReadAsync(workers.Database, Restless);
        var ended = new EndedMessages();
        using var observing = workers.FirstWorker.Services.GetRequiredService<IBusControl>().ConnectReceiveObserver(ended);

        await using (var connection = await new ConnectionFactory { Uri = workers.Broker.Amqp }.CreateConnectionAsync())
        await using (var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)))
        {
            foreach (var door in QueueDoor.All)
            {
                var (properties, body) = new MalformedMessage(new Random(1)).AboutNothing(door);
                await channel.BasicPublishAsync("", door.Queue, true, properties, body);
                // The same again, as a broker that was cut off would deliver it.
                await channel.BasicPublishAsync("", door.Queue, true, properties, body);
            }
        }
        await PatientWait.UntilAsync(
            () => Task.FromResult(ended.Count >= 2 * QueueDoor.All.Count ? "all" : null),
            "every message to come to its end"
        );

        await ShouldBeAsBeforeAsync(before, paid: null);
    }

    [Fact]
    public async Task A_message_of_ten_megabytes_is_rejected_like_any_other()
    {
        var pool = await workers.CreatePoolAsync(2 * Sol);
        var before = (await workers.Broker.FaultsAsync("payment-requested")).Count;
        var body =
            $$"""{"requestId":"{{new string('x', 10 * 1024 * 1024)}}","trainingPoolId":"{{pool.Id}}","recipient":"{{TestKeys.FreshAddress()}}","amountBaseUnits":"1"}""";

        await workers.Broker.PublishAsync("payment-requested", body);
        await PayAsync(pool.Id);

        (await workers.Broker.UntilFaultsAsync("payment-requested", before + 1)).ShouldContain(
            "requestId must be 1 to 100 characters long."
        );
    }

    /// <summary>A good message on both doors of other services is taken and paid.</summary>
    private async Task PayAsync(Guid poolId)
    {
        var id = $"good-{Guid.NewGuid():N}";
        var (submitter, recipient) = (TestKeys.FreshAddress(), TestKeys.FreshAddress());
        await workers.Broker.PublishAsync(
            "submission-graded",
            $$"""{"submissionId":"{{id}}","trainingPoolId":"{{poolId}}","submitter":"{{submitter}}","score":100}"""
        );
        await workers.Broker.PublishAsync(
            "payment-requested",
            $$"""{"requestId":"{{id}}","trainingPoolId":"{{poolId}}","recipient":"{{recipient}}","amountBaseUnits":"1000000"}"""
        );
        await PatientWait.UntilAsync(
            async () =>
                await workers.WithAsync(
                    (_, db) => db.Payments.CountAsync(p => p.IdempotencyKey == id && p.Status == PaymentStatus.Completed)
                ) == 2
                    ? "both"
                    : null,
            "both payments behind the bad messages"
        );
    }

    /// <summary>Nothing of the tables is different, but for the payments that the test has made.</summary>
    private async Task ShouldBeAsBeforeAsync(IReadOnlyDictionary<string, string> before, Guid? paid)
    {
        var after = await TableStates.ReadAsync(workers.Database, Restless);
        string[] ofPayments =
        [
            "payments",
            "transactions",
            "transaction_attempts",
            "wallet_reservations",
            "reward_decisions",
            "wallet_key_events",
            "training_pools",
        ];
        foreach (var (table, rows) in before)
        {
            if (paid is null || !ofPayments.Contains(table))
            {
                after[table].ShouldBe(rows, $"the table {table} has changed");
            }
        }
        if (paid is { } poolId)
        {
            (await workers.WithAsync((_, db) => db.Payments.CountAsync(p => p.TrainingPoolId == poolId))).ShouldBe(2);
        }
    }

    /// <summary>Until the rows of what the fixture and earlier tests have begun stand still: a funded pool becomes LIVE some seconds after it was made.</summary>
    private async Task QuietAsync()
    {
        IReadOnlyDictionary<string, string>? last = null;
        await PatientWait.UntilAsync(
            async () =>
            {
                var now = await TableStates.ReadAsync(workers.Database, Restless);
                var same = last is not null && now.All(t => last[t.Key] == t.Value);
                last = now;
                var isFunded = await workers.WithAsync((_, db) => db.TrainingPools.AllAsync(p => p.Status != TrainingPoolStatus.NoFunds));
                return same && isFunded ? "quiet" : null;
            },
            "the tables to stand still"
        );
    }

    /// <summary>Those that do not lie in the queue's error queue, as long as there are any: they come there late.</summary>
    private async Task<IReadOnlyCollection<int>> TakenAsync(string queue, IReadOnlyCollection<int> sent)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var rejected = await workers.Broker.HeadersAsync($"{queue}_error");
            var taken = sent.Except(rejected.Select(h => int.Parse(h.GetValueOrDefault(Number, "-1"), CultureInfo.InvariantCulture)))
                .ToList();
            if (taken.Count == 0 || clock.Elapsed > Patience)
            {
                return taken;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static int? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>Counts deliveries that the workers are done with, whatever became of them.</summary>
    private sealed class EndedMessages : IReceiveObserver
    {
        private int count;

        public int Count => Volatile.Read(ref count);

        public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

        public Task PostReceive(ReceiveContext context) => NoteAsync();

        public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType)
            where T : class => Task.CompletedTask;

        public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception)
            where T : class => Task.CompletedTask;

        public Task ReceiveFault(ReceiveContext context, Exception exception) => NoteAsync();

        private Task NoteAsync()
        {
            Interlocked.Increment(ref count);
            return Task.CompletedTask;
        }
    }
}
