using Clones.Contracts.Agents;
using Clones.Domain.Agents;
using Clones.Domain.Operations;
using Clones.Domain.Transactions;
using Clones.Solana.Rpc;
using Clones.Testing;
using Clones.Testing.Hosts;
using Microsoft.EntityFrameworkCore;

namespace Clones.Settlement.Tests.Deployments.Faults;

/// <summary>What owners do at home: click twice, walk away, come back with what is old, give up at any moment. The status stays what the chain says.</summary>
public sealed class OwnerBehaviourTests(DeploymentFaultHost host) : IClassFixture<DeploymentFaultHost>, IAsyncLifetime
{
    private const TransactionKind Token = TransactionKind.TokenCreation;
    private const TransactionKind Pool = TransactionKind.PoolCreation;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await host.HealAsync();

    [Theory]
    [InlineData(DeploymentPayer.DepositWallet)]
    [InlineData(DeploymentPayer.Owner)]
    public async Task Who_clicks_everything_twice_gets_one_token_and_one_liquidity_pool(DeploymentPayer payer)
    {
        var deployment = await FaultyDeployment.CreateAsync(host, payer);
        foreach (var stage in new[] { Token, Pool })
        {
            await Task.WhenAll(deployment.CommandAsync(stage), deployment.CommandAsync(stage));
            await Task.WhenAll(deployment.RenewAsync(stage), deployment.RenewAsync(stage));
            await deployment.SignAsync(await deployment.PreparedAsync(stage, 1), times: 2);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).ShouldHaveSingleItem();
        }
        var history = await deployment.HistoryAsync();
        history.Count(t => t is { Accepted: true, Event: AgentEvent.InitiateDeployment }).ShouldBe(1);
        history.Count(t => t is { Accepted: true, Event: AgentEvent.InitiatePoolCreation }).ShouldBe(1);
    }

    [Fact]
    public async Task Of_two_CANCELs_at_once_one_puts_the_agent_back_and_the_other_is_rejected()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        await deployment.AskAsync(Token);

        var answers = await Task.WhenAll(deployment.AskToCancelAsync(), deployment.AskToCancelAsync());

        answers.Select(a => a.Status).ShouldBe([OperationStatus.Succeeded, OperationStatus.Refused], ignoreOrder: true);
        answers.Single(a => a.Status == OperationStatus.Refused).ErrorCode.ShouldBe("event_not_valid");
        await deployment.UntilAsync(AgentStatus.Draft);
        await ShouldReserveNothingAsync(deployment);
    }

    [Theory]
    [InlineData(DeploymentPayer.DepositWallet)]
    [InlineData(DeploymentPayer.Owner)]
    public async Task Who_walks_away_and_comes_back_signs_afresh_for_the_same_mint(DeploymentPayer payer)
    {
        var deployment = await FaultyDeployment.CreateAsync(host, payer);
        foreach (var stage in new[] { Token, Pool })
        {
            await deployment.AskAsync(stage);
            await host.ExpireBlockhashesAsync();
            await host.SweepAsync();

            await deployment.RenewAsync(stage);
            await deployment.SignAsync(await deployment.PreparedAsync(stage, 2));

            await deployment.ShouldHaveLandedOnceAsync(stage);
        }
    }

    [Fact]
    public async Task The_old_transaction_that_an_owner_sends_after_a_renewal_is_rejected_by_the_chain_and_the_new_one_lands()
    {
        var deployment = await FaultyDeployment.CreateAsync(host, DeploymentPayer.Owner);
        foreach (var stage in new[] { Token, Pool })
        {
            var old = await deployment.AskAsync(stage);
            await host.ExpireBlockhashesAsync();
            await deployment.RenewAsync(stage);
            var renewed = await deployment.PreparedAsync(stage, 2);

            await deployment.TrySendAroundUsAsync(old);
            await deployment.SignAsync(renewed);

            await deployment.ShouldHaveLandedOnceAsync(stage);
            (await deployment.AttemptsAsync(stage)).Select(a => a.Status).ShouldBe([AttemptStatus.Expired, AttemptStatus.Finalized]);
        }
    }

    [Fact]
    public async Task The_old_signature_of_what_the_deposit_wallet_pays_gets_none_of_ours_after_a_renewal()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        var old = await deployment.AskAsync(Token);
        await host.ExpireBlockhashesAsync();
        await deployment.RenewAsync(Token);
        var renewed = await deployment.PreparedAsync(Token, 2);

        // The API rejects it; this is a message that went around the API.
        await host.PublishAsync(
            new Contracts.Deployments.CoSignTransaction { TransactionId = old.TransactionId, AttemptNumber = old.Number }
        );
        await deployment.SignAsync(renewed);

        await deployment.ShouldHaveLandedOnceAsync(Token);
        var attempts = await deployment.AttemptsAsync(Token);
        attempts.Select(a => a.Status).ShouldBe([AttemptStatus.Withdrawn, AttemptStatus.Finalized]);
        attempts[0].WireBytes.ShouldBeNull();
    }

    [Theory]
    [InlineData(DeploymentPayer.DepositWallet)]
    [InlineData(DeploymentPayer.Owner)]
    public async Task CANCEL_while_a_submission_may_land_is_rejected_with_the_heights_and_possible_at_the_one_it_names(
        DeploymentPayer payer
    )
    {
        var deployment = await FaultyDeployment.CreateAsync(host, payer);
        var prepared = await deployment.AskAsync(Token);
        await host.FaultsAsync(new { front = "all", drop = 1 });
        await deployment.SignAsync(prepared);
        await deployment.UntilAttemptAsync(Token, AttemptStatus.Broadcast);

        var rejected = await deployment.AskToCancelAsync();

        (rejected.Status, rejected.ErrorCode).ShouldBe((OperationStatus.Refused, "submission_in_flight"));
        rejected.LastValidBlockHeight.ShouldBe(prepared.LastValidBlockHeight);
        // Two nodes that agree: 32 blocks on.
        rejected.PossibleAtBlockHeight.ShouldBe(prepared.LastValidBlockHeight + 32);
        rejected.ErrorDetail.ShouldNotBeNull().ShouldContain($"{rejected.PossibleAtBlockHeight}");

        await host.WarpToAsync(rejected.PossibleAtBlockHeight!.Value, Commitment.Finalized);
        await deployment.UntilAttemptAsync(Token, AttemptStatus.Expired);
        (await deployment.AskToCancelAsync()).AgentStatus.ShouldBe(AgentStatus.Draft);
        await ShouldReserveNothingAsync(deployment);
        (await deployment.SuccessesOnChainAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(DeploymentPayer.DepositWallet)]
    [InlineData(DeploymentPayer.Owner)]
    public async Task CANCEL_of_what_is_on_chain_and_not_final_is_rejected_and_the_agent_moves_on(DeploymentPayer payer)
    {
        var deployment = await FaultyDeployment.CreateAsync(host, payer);
        var prepared = await deployment.AskAsync(Token);
        await host.FaultsAsync(new { front = "all", stallFinality = true });
        await deployment.SignAsync(prepared);
        await deployment.UntilAttemptAsync(Token, AttemptStatus.Confirmed);

        var rejected = await deployment.AskToCancelAsync();

        (rejected.Status, rejected.ErrorCode).ShouldBe((OperationStatus.Refused, "submission_in_flight"));
        await host.HealAsync();
        await deployment.ShouldHaveLandedOnceAsync(Token);
    }

    [Fact]
    public async Task CANCEL_before_anything_is_prepared_or_signed_puts_the_agent_back_and_the_next_start_makes_one_token()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        await deployment.CommandAsync(Token);
        await deployment.UntilAsync(AgentStatus.PendingTokenSignature);
        (await deployment.AskToCancelAsync()).AgentStatus.ShouldBe(AgentStatus.Draft);

        await deployment.CommandAsync(Token);
        await UntilSomethingIsPreparedAsync(deployment);
        (await deployment.AskToCancelAsync()).AgentStatus.ShouldBe(AgentStatus.Draft);
        await ShouldReserveNothingAsync(deployment);

        await deployment.CommandAsync(Token);
        await deployment.SignAsync(await UntilSomethingIsPreparedAsync(deployment));
        await deployment.ShouldHaveLandedOnceAsync(Token);
    }

    [Fact]
    public async Task CANCEL_between_token_and_liquidity_pool_fails_the_agent_and_RETRY_goes_on_with_the_pool()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        await deployment.SignAsync(await deployment.AskAsync(Token));
        await deployment.UntilAsync(AgentStatus.TokenCreated);

        (await deployment.AskToCancelAsync()).AgentStatus.ShouldBe(AgentStatus.Failed);
        await deployment.RetryAsync();
        await deployment.UntilAsync(AgentStatus.PendingPoolSignature);
        await deployment.SignAsync(await deployment.PreparedAsync(Pool, 1));

        await deployment.ShouldHaveLandedOnceAsync(Pool);
        var late = await deployment.AskToCancelAsync();
        (late.ErrorCode, late.AgentStatus, late.PossibleAtBlockHeight).ShouldBe(("event_not_valid", AgentStatus.Deployed, null));
    }

    [Fact]
    public async Task A_success_that_a_stranger_sends_moves_nothing_and_the_deployment_goes_on()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        var prepared = await deployment.AskAsync(Token);

        await host.PublishAsync(
            new TokenCreationSucceeded
            {
                AgentId = deployment.AgentId,
                Actor = "system:deployments",
                Mint = deployment.Payer.ToString(),
                TransactionId = prepared.TransactionId,
                Signature = "forged",
                Slot = 1,
            }
        );
        await host.PublishAsync(
            new Contracts.Settlement.TransactionSettled
            {
                TransactionId = prepared.TransactionId,
                Outcome = "FINALIZED",
                Signature = "forged",
                Slot = 1,
            }
        );
        await PatientWait.UntilAsync(
            async () => (await deployment.HistoryAsync()).Find(t => !t.Accepted),
            "the forged success to be rejected"
        );

        (await deployment.UntilAsync(AgentStatus.PendingTokenSignature)).TokenMint.ShouldBeNull();
        await deployment.SignOrRenewAsync(prepared);
        await deployment.ShouldHaveLandedOnceAsync(Token);
    }

    [Fact]
    public async Task A_failure_that_is_told_again_after_RETRY_does_not_throw_the_agent_back()
    {
        var deployment = await FaultyDeployment.CreateAsync(host);
        var rejected = await deployment.AskAsync(Token);
        // The chain makes no account where somebody has put lamports meanwhile.
        await host.FundAsync(await deployment.MintAsync(), 1_000_000);
        await deployment.SignAsync(rejected);
        await deployment.UntilAsync(AgentStatus.Failed);
        await deployment.RetryAsync();
        var renewed = await deployment.PreparedAsync(Token, 1);

        // As settlement reminds of books that stay open; its message is another, so that no inbox knows it.
        await host.PublishAsync(new Contracts.Settlement.TransactionSettled { TransactionId = rejected.TransactionId, Outcome = "FAILED" });
        await host.QuietAsync(deployment);

        await deployment.UntilAsync(AgentStatus.PendingTokenSignature);
        await deployment.SignOrRenewAsync(renewed);
        await deployment.UntilAsync(AgentStatus.TokenCreated);
        (await deployment.HistoryAsync()).Count(t => t.Event == AgentEvent.Fail).ShouldBe(1);
    }

    private static Task<TransactionAttempt> UntilSomethingIsPreparedAsync(FaultyDeployment deployment) =>
        PatientWait.UntilAsync(
            async () => (await deployment.AttemptsAsync(Token)).LastOrDefault(a => a.Status == AttemptStatus.Prepared),
            "something to sign"
        );

    private async Task ShouldReserveNothingAsync(FaultyDeployment deployment) =>
        (
            await host.WithAsync(
                (_, db) =>
                    db.WalletReservations.CountAsync(r =>
                        r.ReleasedAt == null && db.Transactions.Any(t => t.Id == r.TransactionId && t.AgentId == deployment.AgentId)
                    )
            )
        ).ShouldBe(0);
}
