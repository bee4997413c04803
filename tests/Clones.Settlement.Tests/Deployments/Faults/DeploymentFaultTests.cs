using Clones.Contracts.Agents;
using Clones.Contracts.Settlement;
using Clones.Domain.Agents;
using Clones.Domain.Faults;
using Clones.Domain.Transactions;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>The faults of the matrix, struck while a token is created and then while its liquidity pool is: each lands once, and the agent's status says so.</summary>
public sealed class DeploymentFaultTests(DeploymentFaultHost host) : IClassFixture<DeploymentFaultHost>, IAsyncLifetime
{
    private static readonly TransactionKind[] Stages = [TransactionKind.TokenCreation, TransactionKind.PoolCreation];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    // The cluster is the class's: no test leaves its faults to the next.
    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Fact]
    public async Task Row_9_a_timeout_after_the_nodes_accepted_makes_no_second_attempt()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await host.FaultsAsync(
                new
                {
                    front = "all",
                    timeoutAfterAccept = 1,
                    timeoutMs = 200,
                }
            );
            await deployment.SignAsync(prepared);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
            await host.HealAsync();
        }
    }

    [Theory]
    [InlineData(DeploymentPayer.DepositWallet)]
    [InlineData(DeploymentPayer.Owner)]
    public async Task Row_11_what_was_dropped_gets_a_certificate_and_the_owner_signs_afresh_for_the_same_mint(DeploymentPayer payer)
    {
        var deployment = await FaultyDeployment.CreateAsync(host, payer);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await host.FaultsAsync(new { front = "all", drop = 1 });
            await deployment.SignAsync(prepared);
            await deployment.UntilAttemptAsync(stage, AttemptStatus.Broadcast);
            await deployment.RenewAsync(stage);
            await host.ExpireBlockhashesAsync();
            var expired = await deployment.UntilAttemptAsync(stage, AttemptStatus.Expired);
            expired.Evidence.ShouldNotBeNull().ShouldContain("EXPIRED");
            await host.HealAsync();

            await deployment.RenewAsync(stage);
            await deployment.SignAsync(await deployment.PreparedAsync(stage, 2));

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).Select(a => a.Status).ShouldBe([AttemptStatus.Expired, AttemptStatus.Finalized]);
        }
    }

    [Fact]
    public async Task Row_13_a_node_that_answers_null_holds_the_end_back_and_makes_no_second_attempt()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await host.FaultsAsync(new { front = 1, nullAnswers = 1 });
            await deployment.SignAsync(prepared);
            await deployment.UntilAttemptAsync(stage, AttemptStatus.Confirmed);
            await host.ExpireBlockhashesAsync();
            await deployment.RenewAsync(stage);
            await host.HealAsync();

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task Row_15_a_confirmed_block_that_is_rolled_back_lands_again_by_the_same_bytes()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await host.FaultsAsync(new { front = "all", stallFinality = true });
            await deployment.SignAsync(prepared);
            var confirmed = await deployment.UntilAttemptAsync(stage, AttemptStatus.Confirmed);
            (await host.RollBackFromAsync(confirmed.Slot!.Value)).ShouldContain(confirmed.Signature!);
            await host.HealAsync();

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem().Signature.ShouldBe(confirmed.Signature);
        }
    }

    [Fact]
    public async Task Rows_3_to_7_workers_that_die_once_at_every_point_make_one_token_and_one_pool()
    {
        CrashPoint[] everywhere =
        [
            CrashPoint.PreparationBegun,
            CrashPoint.Signed,
            CrashPoint.AttemptWritten,
            CrashPoint.BeforeSend,
            CrashPoint.AfterSend,
            CrashPoint.DecisionReached,
            CrashPoint.DecisionWritten,
            CrashPoint.DecisionCommitted,
            CrashPoint.PaymentsClosed,
        ];
        var deployment = await FaultyDeployment.CreateAsync(host);
        foreach (var stage in Stages)
        {
            foreach (var point in everywhere)
            {
                host.Crashes.DieAt(point);
            }
            await deployment.SignAsync(await deployment.AskAsync(stage));

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
        host.Crashes.Struck.ShouldBe([.. everywhere, .. everywhere], ignoreOrder: true);
    }

    [Fact]
    public async Task Row_19_every_message_delivered_three_times_makes_one_token_and_one_pool()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        foreach (var stage in Stages)
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => deployment.CommandAsync(stage)));
            var prepared = await deployment.PreparedAsync(stage, 1);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => deployment.RenewAsync(stage)));
            await deployment.SignAsync(prepared, times: 3);
            await deployment.UntilAttemptAsync(stage, AttemptStatus.Confirmed);
            await ThreeTimesAsync(new BroadcastTransaction { TransactionId = prepared.TransactionId, AttemptNumber = 1 });
            var final = await deployment.UntilAttemptAsync(stage, AttemptStatus.Finalized);
            await ThreeTimesAsync(
                new TransactionSettled
                {
                    TransactionId = prepared.TransactionId,
                    Outcome = "FINALIZED",
                    Signature = final.Signature,
                    Slot = final.Slot,
                }
            );
            // And one that lies: the stored status decides.
            await host.PublishAsync(
                new TransactionSettled
                {
                    TransactionId = prepared.TransactionId,
                    Outcome = "FAILED",
                    Signature = final.Signature,
                    Slot = final.Slot,
                    FailureReason = "not so",
                }
            );

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
        var life = await deployment.UntilAsync(AgentStatus.Deployed);
        life.ConsecutiveFailures.ShouldBe(0);
    }

    [Fact]
    public async Task CANCEL_and_RETRY_while_the_attempt_may_land_change_nothing()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        foreach (var stage in Stages)
        {
            var prepared = await deployment.AskAsync(stage);
            await host.FaultsAsync(new { front = "all", drop = 1 });
            await deployment.SignAsync(prepared);
            await deployment.UntilAttemptAsync(stage, AttemptStatus.Broadcast);

            await deployment.CancelAsync();
            await deployment.RetryAsync();
            await deployment.RenewAsync(stage);
            await UntilRejectedAsync(deployment.AgentId, 2 * (1 + Array.IndexOf(Stages, stage)));
            await host.HealAsync();

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task A_worker_that_dies_at_every_try_to_co_sign_is_replaced_by_another_that_signs_once()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        var prepared = await deployment.AskAsync(TransactionKind.TokenCreation);
        var (deaths, first) = (new DeadlyPoint(CrashPoint.AttemptWritten), host.FirstWorker);
        var dying = await host.StartAnotherAsync(services => services.Replace(ServiceDescriptor.Singleton<ICrashPoints>(deaths)));
        await first.StopAsync(TestContext.Current.CancellationToken);

        await deployment.SignAsync(prepared);
        await deaths.Died.Task.OrGiveUpAsync("a death", TestContext.Current.CancellationToken);
        (await deployment.AttemptsAsync(TransactionKind.TokenCreation)).ShouldHaveSingleItem().WireBytes.ShouldBeNull();
        await Task.WhenAll(dying.StopAsync(TestContext.Current.CancellationToken), host.StartAnotherAsync());

        // Where the dying took longer than the blockhash lives, the owner is asked afresh: nothing complete of the first attempt exists.
        await PatientWait.UntilAsync(
            async () =>
            {
                var attempts = await deployment.AttemptsAsync(TransactionKind.TokenCreation);
                if (attempts[^1] is { Number: > 1, Status: AttemptStatus.Prepared } again)
                {
                    await deployment.SignAsync(again);
                }
                return attempts[^1].Status == AttemptStatus.Finalized ? "final" : null;
            },
            "the token creation to be final"
        );
        await deployment.ShouldHaveLandedOnceAsync(TransactionKind.TokenCreation);
    }

    private Task ThreeTimesAsync<T>(T message)
        where T : class => Task.WhenAll(Enumerable.Range(0, 3).Select(_ => host.PublishAsync(message)));

    private Task UntilRejectedAsync(Guid agentId, int times) =>
        PatientWait.UntilAsync(
            async () =>
                await host.WithAsync((_, db) => db.AgentTransitions.CountAsync(t => t.AgentId == agentId && !t.Accepted)) >= times
                    ? "rejected"
                    : null,
            "the lifecycle to reject"
        );

    private sealed class DeadlyPoint(CrashPoint deadly) : ICrashPoints
    {
        public TaskCompletionSource Died { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask ReachAsync(CrashPoint point, CancellationToken cancellationToken)
        {
            if (point != deadly)
            {
                return ValueTask.CompletedTask;
            }
            Died.TrySetResult();
            throw new ProcessDiedException(point);
        }
    }
}
