using System.Net.Http.Json;
using System.Text.Json;
using Clones.Domain.Payments;
using Clones.Solana.Primitives;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests.Rewards;

public sealed class SubmissionGradedTests(SettlementHost host) : IClassFixture<SettlementHost>
{
    private const ulong Sol = 1_000_000_000;

    [Fact]
    public async Task Plain_json_from_any_language_becomes_one_payment_however_often_it_is_delivered()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol, price: 10_000_000);
        var id = $"grading-{Guid.NewGuid():N}";
        var body = $$"""{"submissionId":"{{id}}","trainingPoolId":"{{pool.Id}}","submitter":"{{recipient}}","score":82,"unknown":[1]}""";

        await PublishAsync(body, body, body);
        var decision = await DecisionAsync(id);
        var payment = await host.UntilPaymentAsync(decision.PaymentId!.Value, PaymentStatus.Completed);
        await PublishAsync(body.Replace("\"score\":82", "\"score\":83", StringComparison.Ordinal));
        await PublishAsync(
            body.Replace(id, id + "-next", StringComparison.Ordinal).Replace("\"score\":82", "\"score\":40", StringComparison.Ordinal)
        );
        (await DecisionAsync(id + "-next")).Amount.ShouldBe(0ul);

        payment.Amount.ShouldBe(8_200_000ul);
        payment.Caller.ShouldBe("system:rewards");
        payment.IdempotencyKey.ShouldBe(id);
        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(8_200_000ul);
        (await host.WithAsync((_, db) => db.Payments.CountAsync(p => p.TrainingPoolId == pool.Id))).ShouldBe(1);
    }

    [Fact]
    public async Task The_pools_limits_of_a_task_cap_what_is_earned_and_how_often()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol, price: 10_000_000);
        await host.WithAsync(
            async (_, db) =>
            {
                var limited = await db.TrainingPools.SingleAsync(p => p.Id == pool.Id);
                (limited.UploadLimitPerTask, limited.UploadLimitPerDay) = (1, 2);
                limited.TaskRewardLimits = new Dictionary<string, ulong> { ["capped"] = 5_000_000 };
                return await db.SaveChangesAsync();
            }
        );

        var first = await DecideAsync("capped", 80);
        await host.UntilPaymentAsync(first.PaymentId!.Value, PaymentStatus.Completed);
        var again = await DecideAsync("capped", 90);
        var other = await DecideAsync("free", 80);
        await DecidedAsync(TimeProvider.System.GetUtcNow());
        var third = await DecideAsync("third", 80);
        await DecidedAsync(TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(1));
        var nextDay = await DecideAsync("third", 80);

        (first.Amount, other.Amount).ShouldBe((5_000_000ul, 8_000_000ul));
        (again.Amount, again.Reason).ShouldBe((0ul, "The upload limit of 1 per person and task is reached."));
        (third.Amount, third.Reason).ShouldBe((0ul, "The upload limit of 2 per person and day (UTC) is reached."));
        nextDay.Amount.ShouldBe(8_000_000ul);

        Task<int> DecidedAsync(DateTimeOffset at) =>
            host.WithAsync(
                (_, db) =>
                    db.RewardDecisions.Where(d => d.TrainingPoolId == pool.Id).ExecuteUpdateAsync(d => d.SetProperty(x => x.DecidedAt, at))
            );

        async Task<RewardDecision> DecideAsync(string task, int score)
        {
            var id = $"limited-{Guid.NewGuid():N}";
            await PublishAsync(
                $$"""{"submissionId":"{{id}}","trainingPoolId":"{{pool.Id}}","submitter":"{{recipient}}","taskId":"{{task}}","score":{{score}}}"""
            );
            return await DecisionAsync(id);
        }
    }

    [Fact]
    public async Task Bad_messages_go_to_the_error_queue_with_a_reason_and_hold_no_good_one_back()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(2 * Sol, price: 10_000_000);
        var id = $"good-{Guid.NewGuid():N}";
        string Body(string submission, Guid poolId, string submitter, int score) =>
            $$"""{"submissionId":"{{submission}}","trainingPoolId":"{{poolId}}","submitter":"{{submitter}}","score":{{score}}}""";

        await PublishAsync(
            Body("bad-1", pool.Id, recipient, 200),
            Body("bad-2", Guid.NewGuid(), recipient, 80),
            Body("bad-3", pool.Id, "nobody", 80),
            """{"submissionId":"bad-4"}""",
            "this is no JSON",
            Body(id, pool.Id, recipient, 100)
        );
        var decision = await DecisionAsync(id);
        await host.UntilPaymentAsync(decision.PaymentId!.Value, PaymentStatus.Completed);

        var reasons = await host.Broker.UntilFaultsAsync("submission-graded", 5);
        reasons.ShouldContain(r => r.Contains("score must be 0 to 100", StringComparison.Ordinal));
        reasons.ShouldContain(r => r.Contains("no training pool", StringComparison.Ordinal));
        reasons.ShouldContain(r => r.Contains("submitter", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_queue_that_keeps_messages_is_a_quorum_queue_named_for_its_consumer()
    {
        await PublishAsync("this is no JSON");
        var queues = await PatientWait.UntilAsync(
            async () => await QueuesAsync() is var all && all.ContainsKey("submission-graded_error") ? all : null,
            "the error queue"
        );

        string[] expected = ["prepare-transactions", "broadcast-transaction", "create-deposit-wallet", "refresh-pool-funds"];
        foreach (var queue in (string[])[.. expected, "submission-graded", "submission-graded_error"])
        {
            queues.GetValueOrDefault(queue).ShouldBe("quorum", queue);
        }
    }

    [Fact]
    public async Task A_reward_without_funds_waits_and_is_paid_when_they_come()
    {
        var recipient = TestKeys.FreshAddress();
        var pool = await host.CreatePoolAsync(0, price: 100_000_000);
        var id = $"waiting-{Guid.NewGuid():N}";
        await PublishAsync($$"""{"submissionId":"{{id}}","trainingPoolId":"{{pool.Id}}","submitter":"{{recipient}}","score":100}""");
        var decision = await DecisionAsync(id);
        var waiting = await host.UntilPaymentAsync(decision.PaymentId!.Value, PaymentStatus.WaitingForFunds);
        waiting.Reason.ShouldNotBeNull().ShouldContain("lamports are needed");

        var wallet = await host.WithAsync((_, db) => db.DepositWallets.SingleAsync(w => w.TrainingPoolId == pool.Id));
        await host.FundAsync(PublicKey.Parse(wallet.Address), Sol);
        await host.UntilPaymentAsync(decision.PaymentId!.Value, PaymentStatus.Completed);

        (await host.Rpc.Primary.GetBalanceAsync(PublicKey.Parse(recipient))).Value.ShouldBe(100_000_000ul);
        await PatientWait.UntilAsync(
            () =>
                host.WithAsync(
                    (_, db) =>
                        db
                            .TrainingPools.AsNoTracking()
                            .FirstOrDefaultAsync(p => p.Id == pool.Id && p.Status == Domain.Pools.TrainingPoolStatus.Live)
                ),
            "the pool to be LIVE"
        );
    }

    private Task<RewardDecision> DecisionAsync(string id) =>
        PatientWait.UntilAsync(
            () => host.WithAsync((_, db) => db.RewardDecisions.AsNoTracking().FirstOrDefaultAsync(d => d.SubmissionId == id)),
            $"a decision about {id}"
        );

    private Task PublishAsync(params string[] bodies) => host.Broker.PublishAsync("submission-graded", bodies);

    private async Task<Dictionary<string, string>> QueuesAsync()
    {
        await using var rabbit = new RabbitMqFixture();
        var management = await rabbit.ManagementAsync();
        var queues = await management.GetFromJsonAsync<JsonElement>($"queues/{host.Broker.Name}");
        return queues.EnumerateArray().ToDictionary(q => q.GetProperty("name").GetString()!, q => q.GetProperty("type").GetString()!);
    }
}
